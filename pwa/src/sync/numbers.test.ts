import { expect, test } from 'vitest';
import { nextPlace, pairedAnew } from './numbers';

const after = (count: number, counter = { places: 0, before: 0 }) => ({
  ...counter,
  places: counter.places + count,
});

test('a new tablet counts its entries from 1', () => {
  expect(nextPlace({ places: 0, before: 0 })).toEqual({ place: 1, n: 1 });
  expect(nextPlace(after(3))).toEqual({ place: 4, n: 4 });
});

test('a tablet paired anew counts from 1 while entries of before still wait: none of its own is missing', () => {
  const again = pairedAnew(after(3));
  expect(nextPlace(again)).toEqual({ place: 4, n: 1 });
  expect(nextPlace(after(1, again))).toEqual({ place: 5, n: 2 });
  expect(nextPlace(pairedAnew(after(2, again)))).toEqual({ place: 6, n: 1 });
});
