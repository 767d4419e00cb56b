/** Waiting after a failure: full jitter, base 1 s, cap 60 s (docs/protocol.md). */
import type { Now, State } from './contract.ts';
import { draw, jitter } from './generator.ts';

const BASE_MS = 1_000;
const CAP_MS = 60_000;
// A hint that the network is back is worth an early try, but not from every tablet of a ward at once.
const HINT_MS = 250;
// A link that flaps gives many hints: at most two tries a second come of them.
const TRY_GAP_MS = 500;

/** The monotonic instant of the next try after `attempt` failures before this one. */
export function backOff(
  state: State,
  attempt: number,
  now: Now,
  retry_after_s = 0,
): [retry_at: number, seed: bigint] {
  const [value, seed] = draw(state.seed);
  const bound = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 10));
  return [now.mono_ms + Math.max(jitter(bound, value), retry_after_s * 1000), seed];
}

/** Brings a waiting try forward because something says that the network is back. */
export function hinted(
  state: State,
  retry_at: number,
  tried_at: number,
  now: Now,
): [retry_at: number, seed: bigint] {
  const [value, seed] = draw(state.seed);
  const early = Math.max(now.mono_ms + jitter(HINT_MS, value), tried_at + TRY_GAP_MS);
  return [Math.min(retry_at, early), seed];
}
