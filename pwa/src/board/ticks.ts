/** When the order of the board may change: every five seconds, and nothing at all under a finger. Pure. */

const TICK_MS = 5000;
/** A finger that has just left may come down again where it was. */
const AFTER_TOUCH_MS = 1000;

/** `down`: a finger rests on the screen; `left_ms`: when the last one left it. */
export interface Finger {
  down: boolean;
  left_ms: number;
}

/** Whether a finger is on the screen, or has just left it. */
export function isTouched(now_ms: number, { down, left_ms }: Finger): boolean {
  return down || (now_ms >= left_ms && now_ms < left_ms + AFTER_TOUCH_MS);
}

/** Whether the order of `ordered_ms` may change at `now_ms`; a clock that jumped back is no reason to wait. */
export function mayMove(ordered_ms: number, now_ms: number): boolean {
  return now_ms < ordered_ms || Math.floor(now_ms / TICK_MS) > Math.floor(ordered_ms / TICK_MS);
}
