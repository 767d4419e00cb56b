/** What an asking sounds like, in the server's words: `ring` two rising notes, `tone` one, `vibrate`; at most one in 30 s. */

const GAP_MS = 30_000;
const NOTES: Record<string, number[]> = { ring: [880, 1175], tone: [660] };
let sounded_at = Number.NEGATIVE_INFINITY;
let audio: AudioContext | undefined;

/** Plays a sound, unless one was heard less than 30 s before `now_ms` (monotonic). Returns whether it sounded. */
export function sound(name: string, now_ms: number): boolean {
  if (now_ms - sounded_at < GAP_MS || name === 'silent') return false;
  sounded_at = now_ms;
  if (name === 'vibrate') return navigator.vibrate?.(400) ?? false;
  audio ??= new AudioContext();
  void audio.resume();
  // A sound that this version does not know is an asking all the same.
  (NOTES[name] ?? NOTES['tone'] ?? []).forEach((frequency, i) => {
    play(audio as AudioContext, frequency, i * 0.28);
  });
  return true;
}

function play(context: AudioContext, frequency: number, after_s: number): void {
  const at = context.currentTime + after_s;
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = frequency;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.6, at + 0.02);
  loudness.gain.linearRampToValueAtTime(0, at + 0.24);
  tone.connect(loudness).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.25);
}
