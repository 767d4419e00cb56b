import { expect, test } from 'vitest';
import { isTouched, mayMove } from './ticks';

test.each([
  ['in the same five seconds', 10_000, 14_999, false],
  ['at the tick', 10_000, 15_000, true],
  ['at a tick that the last picture missed', 14_900, 15_000, true],
  ['when the clock was set back', 60_000, 59_000, true],
])('the order changes %s: %s to %s', (_, ordered, now, moves) => {
  expect(mayMove(ordered, now)).toBe(moves);
});

test.each([
  ['under a finger', 60_000, { down: true, left_ms: 0 }, true],
  ['where a finger has just left', 15_000, { down: false, left_ms: 14_001 }, true],
  ['a second after it left', 15_001, { down: false, left_ms: 14_001 }, false],
  ['when the clock was set back past the last touch', 10_000, { down: false, left_ms: 59_000 }, false],
])('nothing changes %s', (_, now, finger, touched) => {
  expect(isTouched(now, finger)).toBe(touched);
});
