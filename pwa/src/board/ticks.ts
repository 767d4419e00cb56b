/** When the board may take up what has changed: every five seconds, and never under a finger. Pure. */

export const TICK_MS = 5000;
/** A finger that has just left may come down again where it was. */
const AFTER_TOUCH_MS = 1000;

/** `down`: a finger rests on the screen; `left_ms`: when the last one left it. */
export interface Finger {
  down: boolean;
  left_ms: number;
}

/** Whether the picture of `shown_ms` may be replaced at `now_ms`; a clock that jumped back is no reason to wait. */
export function mayMove(shown_ms: number, now_ms: number, { down, left_ms }: Finger): boolean {
  if (down || (now_ms >= left_ms && now_ms < left_ms + AFTER_TOUCH_MS)) return false;
  return now_ms < shown_ms || Math.floor(now_ms / TICK_MS) > Math.floor(shown_ms / TICK_MS);
}
