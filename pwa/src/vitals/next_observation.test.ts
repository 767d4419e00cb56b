import { expect, test } from 'vitest';
import type { Band } from '../schemas';
import { dutyBand, minutesToNext } from './next_observation';

const ADMITTED = '2026-11-20T10:00:00.000Z';
const next = (
  bands: Band[] | null,
  by_person: number | null = null,
  observed_at = '2026-11-22T10:00:00.000Z',
) => minutesToNext(bands, by_person, ADMITTED, observed_at, undefined);

test.each<[Band[], Band | null]>([
  [[], null],
  [['zero'], 'zero'],
  [['high', 'zero'], 'high'],
  [['zero', 'high'], 'medium'],
  [['zero', 'zero', 'high'], 'low-medium'],
  [['zero', 'low', 'zero'], 'zero'],
])('after sets of %j, newest first, the interval is that of %s', (bands, band) => {
  expect(dutyBand(bands)).toBe(band);
});

test('the interval is that of the band, at most four-hourly in the first 24 hours', () => {
  expect(next(['zero'])).toBe(720);
  expect(next(['zero'], null, '2026-11-21T09:59:59.000Z')).toBe(240);
  expect(next(['zero'], null, '2026-11-21T10:00:00.000Z')).toBe(720);
  expect(next(['high'], null, '2026-11-20T11:00:00.000Z')).toBe(30);
});

test('a shorter interval that a person has set holds, a longer one is left to the server', () => {
  expect(next(['zero'], 60)).toBe(60);
  expect(next(['medium'], 240)).toBe(60);
});

test('without a score a person decides, else four hours', () => {
  expect(next(null)).toBe(240);
  expect(next(null, 360)).toBe(360);
});
