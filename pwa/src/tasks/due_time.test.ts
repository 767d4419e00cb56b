import { expect, test } from 'vitest';
import { nextTime } from './due_time';

const EVENING = new Date(2026, 2, 1, 22, 30).getTime();

test('a time already past today is tomorrow’s', () => {
  expect(nextTime('04:00', EVENING)).toBe(new Date(2026, 2, 2, 4, 0).toISOString());
  expect(nextTime('23:15', EVENING)).toBe(new Date(2026, 2, 1, 23, 15).toISOString());
});

test.each(['', '24:00', '9', '12:60', 'soon'])('%j is no time', (text) => {
  expect(nextTime(text, EVENING)).toBeNull();
});
