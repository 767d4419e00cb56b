import { expect, test } from 'vitest';
import { mayMove } from './ticks';

const LIFTED = { down: false, left_ms: 0 };

test.each([
  ['in the same five seconds', 10_000, 14_999, LIFTED, false],
  ['at the tick', 10_000, 15_000, LIFTED, true],
  ['at a tick that the last picture missed', 14_900, 15_000, LIFTED, true],
  ['never under a finger', 10_000, 60_000, { down: true, left_ms: 0 }, false],
  ['not where a finger has just left', 10_000, 15_000, { down: false, left_ms: 14_001 }, false],
  ['a second after it left', 10_000, 15_001, { down: false, left_ms: 14_001 }, true],
  ['when the clock was set back', 60_000, 59_000, LIFTED, true],
  ['when it was set back past the last touch', 60_000, 10_000, { down: false, left_ms: 59_000 }, true],
])('the order changes %s', (_, shown, now, finger, moves) => {
  expect(mayMove(shown, now, finger)).toBe(moves);
});
