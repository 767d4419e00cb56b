import { expect, test } from 'vitest';
import { minutesDue } from './minutes_due';
import { at, NOW, task } from './trial_ward';

test.each([
  ['now', 0, [5, 0]],
  ['just before the hour is over', 59, [5, 0]],
  ['when the next hour begins', 60, [0, 5]],
  ['just before that is over', 119, [0, 5]],
  ['after both', 120, [0, 0]],
  ['late, in this hour', -90, [5, 0]],
])('care due %s', (_, minutes, expected) => {
  expect(minutesDue([task('a', 'one', minutes)], NOW)).toEqual(expected);
});

test('what comes again counts as often as it falls due', () => {
  const half_hourly = { ...task('a', 'one', 10), interval_minutes: 30 };
  expect(minutesDue([half_hourly], NOW)).toEqual([10, 10]);
});

test('a late set moves the next one; a late slot does not', () => {
  const late = { ...task('a', 'one', -20), interval_minutes: 60 };
  expect(minutesDue([late], NOW)).toEqual([5, 5]);
  expect(minutesDue([{ ...late, slot_of: 'care' }], NOW)).toEqual([10, 5]);
});

test('a slot that nobody answered for hours counts once for itself', () => {
  const old = { ...task('a', 'one', -600), interval_minutes: 60, slot_of: 'care', due_at: at(-600) };
  expect(minutesDue([old], NOW)).toEqual([10, 5]);
});

test('each task has its own standard minutes', () => {
  const turning = { ...task('a', 'one', 5), standard_minutes: 10 };
  const round = { ...task('b', 'one', 70), standard_minutes: 3 };
  expect(minutesDue([turning, round], NOW)).toEqual([10, 3]);
});
