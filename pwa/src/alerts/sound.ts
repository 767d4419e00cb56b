/** What an alert sounds like: red two rising notes, amber one tone, plain one vibration. At most one sound in 30 s. */

const GAP_MS = 30_000;
const NOTES: Record<string, number[]> = { red: [880, 1175], amber: [660] };
let sounded_at = Number.NEGATIVE_INFINITY;
let audio: AudioContext | undefined;

/** Plays the sound of a class, unless one was heard less than 30 s before `now_ms` (monotonic). Returns whether it sounded. */
export function sound(name: string, now_ms: number): boolean {
  if (now_ms - sounded_at < GAP_MS || name === 'silent') return false;
  sounded_at = now_ms;
  if (name === 'plain') return navigator.vibrate?.(400) ?? false;
  audio ??= new AudioContext();
  void audio.resume();
  (NOTES[name] ?? []).forEach((frequency, i) => {
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
