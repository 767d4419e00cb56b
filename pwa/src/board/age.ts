/** How old what the board shows is. Pure. */

/** Without data for longer than this the board greys. */
export const GREY_AFTER_MS = 60_000;

/** The age of the last word from the server; null: it has not been heard of since the app was opened. */
export function ageOf(heard_at: number | null, now_ms: number): { ms: number | null; grey: boolean } {
  if (heard_at === null) return { ms: null, grey: true };
  const ms = Math.max(0, now_ms - heard_at);
  return { ms, grey: ms > GREY_AFTER_MS };
}
