import { expect, test } from 'vitest';
import type { Now } from './contract.ts';
import { clockAt, measure, remembered } from './offset.ts';

const SERVER = Date.UTC(2026, 10, 22, 12);
const at = (ms: number) => new Date(SERVER + ms).toISOString();
/** A tablet whose wall clock is `fast_ms` ahead of the server. */
const tablet = (ms: number, fast_ms: number): Now => ({ wall_ms: SERVER + ms + fast_ms, mono_ms: ms });

test('the offset is the server less the middle of the round trip', () => {
  const clock = measure(null, at(50), tablet(0, 420_000), tablet(100, 420_000));
  expect(clockAt(clock, tablet(100, 420_000))).toEqual({ clock_offset_ms: -420_000, clock_quality: 'fresh' });
});

test('a worse round trip does not spoil a good one, a better one counts', () => {
  const good = measure(null, at(50), tablet(0, 0), tablet(100, 0));
  expect(measure(good, at(9_000), tablet(200, 0), tablet(5_200, 0))).toBe(good);
  expect(measure(good, at(210), tablet(200, 0), tablet(220, 0))?.rtt_ms).toBe(20);
});

test('after 10 min any answer is better than an old one', () => {
  const good = measure(null, at(5), tablet(0, 0), tablet(10, 0));
  expect(measure(good, at(600_200), tablet(600_000, 0), tablet(600_400, 0))?.rtt_ms).toBe(400);
});

test('a jump of the wall clock makes the offset stale until the next answer, whatever its round trip', () => {
  const clock = measure(null, at(5), tablet(0, 0), tablet(10, 0));
  expect(clockAt(clock, tablet(1_000, 3_600_000)).clock_quality).toBe('stale');
  const again = measure(clock, at(2_050), tablet(2_000, 3_600_000), tablet(2_100, 3_600_000));
  expect(clockAt(again, tablet(2_100, 3_600_000))).toEqual({
    clock_offset_ms: -3_600_000,
    clock_quality: 'fresh',
  });
});

test('an offset older than 12 hours is stale', () => {
  const clock = measure(null, at(5), tablet(0, 0), tablet(10, 0));
  expect(clockAt(clock, tablet(12 * 3_600_000 + 11, 0)).clock_quality).toBe('stale');
});

test('an offset of an earlier start is used and stale; without any the quality is unknown', () => {
  expect(clockAt(remembered(7), tablet(0, 0))).toEqual({ clock_offset_ms: 7, clock_quality: 'stale' });
  expect(clockAt(remembered(null), tablet(0, 0))).toEqual({ clock_offset_ms: 0, clock_quality: 'unknown' });
  expect(measure(remembered(7), at(5), tablet(0, 0), tablet(10, 0))?.offset_ms).toBe(0);
});

test('an answer without a time measures nothing', () => {
  expect(measure(null, undefined, tablet(0, 0), tablet(10, 0))).toBeNull();
  expect(measure(null, 'noon', tablet(0, 0), tablet(10, 0))).toBeNull();
});
