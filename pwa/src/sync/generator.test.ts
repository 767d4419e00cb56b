import { expect, test } from 'vitest';
import { draw, jitter, uuid7 } from './generator';

test('the draws of seed 0 are those of the published SplitMix64', () => {
  const [first, seed] = draw(0n);
  const [second] = draw(seed);
  expect([first, second]).toEqual([0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n]);
});

test('jitter stays below its bound and reaches both ends', () => {
  expect(jitter(1000, 0n)).toBe(0);
  expect(jitter(1000, (1n << 64n) - 1n)).toBe(999);
  expect(jitter(0, (1n << 64n) - 1n)).toBe(0);
});

test('a UUIDv7 carries its milliseconds, its version and its variant', () => {
  const id = uuid7(0x0123456789ab, (1n << 64n) - 1n, 0n);
  expect(id).toBe('01234567-89ab-7fff-8000-000000000000');
});

test('ids of later milliseconds sort later', () => {
  expect(uuid7(1, 0n, 0n) < uuid7(2, 0n, 0n)).toBe(true);
});
