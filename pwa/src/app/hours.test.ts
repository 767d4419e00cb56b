import { expect, test } from 'vitest';
import { themeAt } from './hours';

test.each([
  [20, 'day'],
  [21, 'night'],
  [23, 'night'],
  [0, 'night'],
  [6, 'night'],
  [7, 'day'],
  [14, 'day'],
] as const)('by the hour, %s o’clock is %s', (hour, theme) => {
  expect(themeAt('by_time', hour)).toBe(theme);
});

test('a setting stands at every hour', () => {
  for (let hour = 0; hour < 24; hour += 1) {
    expect(themeAt('day', hour)).toBe('day');
    expect(themeAt('night', hour)).toBe('night');
  }
});
