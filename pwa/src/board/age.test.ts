import { expect, test } from 'vitest';
import { ageOf } from './age';

test.each([
  [0, false],
  [60_000, false],
  [60_001, true],
])('heard %i ms ago: grey %s', (ms, grey) => {
  expect(ageOf(1_000_000 - ms, 1_000_000)).toEqual({ ms, grey });
});

test('a server that was never heard is grey; a clock that was set back is not older than now', () => {
  expect(ageOf(null, 5)).toEqual({ ms: null, grey: true });
  expect(ageOf(10, 5)).toEqual({ ms: 0, grey: false });
});
