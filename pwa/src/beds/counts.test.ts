/** What the figures above the beds count, wherever they stand. */
import { expect, test } from 'vitest';
import type { BedState } from './bed_state';
import { countsOf, leavesToday, oldestDirty } from './counts';

const bed = (state: BedState, since_ms: number | null = null, going = false) => ({ state, since_ms, going });

test('a patient who waits for a bed is coming; whom a bed is kept for is counted by that bed alone', () => {
  const counts = countsOf([bed('reserved'), bed('free'), bed('occupied')], 2);
  expect([counts.reserved, counts.coming, counts.free]).toEqual([1, 2, 1]);
});

test('blocked and closed beds are one figure, and a bed whose patient goes stays in use', () => {
  const counts = countsOf(
    [bed('blocked'), bed('closed'), bed('occupied', 0, true), bed('on_leave', 0, true)],
    0,
  );
  expect([counts.blocked, counts.going, counts.dirty, counts.cleaning]).toEqual([2, 2, 0, 0]);
});

test.each([
  ['in an hour', '2026-11-22T23:00:00Z', true],
  ['at the last minute of the day', '2026-11-22T23:59:00Z', true],
  ['at midnight', '2026-11-23T00:00:00Z', false],
  ['yesterday, and is still here', '2026-11-21T09:00:00Z', true],
  ['at no time', null, false],
])('who is to leave %s: %s', (_, departure_planned_at, going) => {
  const now = Date.parse('2026-11-22T22:00:00Z');
  expect(leavesToday({ departure_planned_at }, 'Europe/London', now)).toBe(going);
});

test('today is the day of the unit, not of London', () => {
  const now = Date.parse('2026-11-22T22:00:00Z');
  const stay = { departure_planned_at: '2026-11-23T02:00:00Z' };
  expect(leavesToday(stay, 'Asia/Seoul', now)).toBe(true);
  expect(leavesToday(stay, 'Europe/London', now)).toBe(false);
  expect(leavesToday(undefined, 'Asia/Seoul', now)).toBe(false);
});

test('the oldest of the dirty beds is the one that was left first', () => {
  expect(oldestDirty([bed('dirty', 9), bed('cleaning', 1), bed('dirty', 4)])?.since_ms).toBe(4);
  expect(oldestDirty([bed('free')])).toBeUndefined();
});
