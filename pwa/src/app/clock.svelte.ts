/** The app's clock: the one place of the screens that asks for the time. It ticks once a second. */

let now_ms = $state(Date.now());
let correction_ms = 0;

/** Now, in epoch milliseconds, as the server sees it; reading it in a template follows the clock. */
export function now(): number {
  return now_ms;
}

/** Takes over the estimated offset of the server's clock from this tablet's. */
export function correctClock(offset_ms: number): void {
  correction_ms = offset_ms;
  tick();
}

/** Lets the clock tick; returns how to stop it. */
export function startClock(): () => void {
  const ticking = setInterval(tick, 1000);
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearInterval(ticking);
    document.removeEventListener('visibilitychange', tick);
  };
}

function tick(): void {
  now_ms = Date.now() + correction_ms;
}
