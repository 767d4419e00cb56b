/** What an asking sounds like, in the server's words: `ring` two rising notes, `tone` one, `vibrate`. */

// The server spaces a person's sounds by 30 s; here only repeats of one asking are caught, so that jitter mutes nothing.
const GAP_MS = 20_000;
const RING_GAP_MS = 5000;
const NOTES: Record<string, number[]> = { ring: [880, 1175], tone: [660] };
const sounded_at = new Map<string, number>();
let audio: AudioContext | undefined;

/** Plays a person's sound at `now_ms` (monotonic), unless it repeats her last one. Returns whether it sounded. */
export function sound(name: string, now_ms: number, staff_id: string): boolean {
  const gap_ms = name === 'ring' ? RING_GAP_MS : GAP_MS;
  const last = sounded_at.get(staff_id) ?? Number.NEGATIVE_INFINITY;
  if (name === 'silent' || now_ms - last < gap_ms) return false;
  sounded_at.set(staff_id, now_ms);
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
