/** Where care lies on the shift's timeline: an hour behind now, two hours ahead. Fractions of the width, 0 to 1. */
export const BEHIND_MS = 3_600_000;
export const AHEAD_MS = 2 * 3_600_000;

/** Place of an instant; older care waits at the left edge, so that nothing late falls off. Null: beyond the right edge. */
export function place(at_ms: number, now_ms: number): number | null {
  if (at_ms > now_ms + AHEAD_MS) return null;
  return Math.max(0, (at_ms - (now_ms - BEHIND_MS)) / (BEHIND_MS + AHEAD_MS));
}

/** Half hours inside the window, apart from those that would run into "now". */
export function halfHours(now_ms: number): { at_ms: number; place: number }[] {
  const half = 30 * 60_000;
  const first = Math.ceil((now_ms - BEHIND_MS) / half) * half;
  const marks: { at_ms: number; place: number }[] = [];
  for (let at_ms = first; at_ms <= now_ms + AHEAD_MS; at_ms += half) {
    const where = place(at_ms, now_ms);
    if (where !== null && Math.abs(at_ms - now_ms) > 12 * 60_000) marks.push({ at_ms, place: where });
  }
  return marks;
}
