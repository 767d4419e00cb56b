import { expect, test } from 'vitest';
import { nextPlace, pairedAnew, placesOf, runs } from './numbers';

const after = (count: number, counter = { places: 0, before: 0 }) => ({
  ...counter,
  places: counter.places + count,
});

test('a new tablet counts its entries from 1', () => {
  expect(nextPlace({ places: 0, before: 0 })).toEqual({ place: 1, n: 1 });
  expect(nextPlace(after(3))).toEqual({ place: 4, n: 4 });
});

test('numbers that the server misses are looked for among those of this pairing only', () => {
  const spans = [[1, 2] as const, [4, 4] as const];
  expect(placesOf(spans, pairedAnew(after(3)).before)).toEqual([
    [4, 5],
    [7, 7],
  ]);
});

test('a tablet paired anew counts from 1 while entries of before still wait: none of its own is missing', () => {
  const again = pairedAnew(after(3));
  expect(nextPlace(again)).toEqual({ place: 4, n: 1 });
  expect(nextPlace(after(1, again))).toEqual({ place: 5, n: 2 });
  expect(nextPlace(pairedAnew(after(2, again)))).toEqual({ place: 6, n: 1 });
});

test.each([
  ['all of a batch in one run', [1, 2, 3, 4], [1, 2, 3], [[1, 3]]],
  [
    'never over an entry that waits on',
    [1, 2, 3, 4, 5],
    [1, 2, 4, 5],
    [
      [1, 2],
      [4, 5],
    ],
  ],
  ['over places that are empty already', [1, 4, 5], [1, 2, 3, 4], [[1, 4]]],
  ['nothing where nothing is here', [], [1, 2], []],
  ['nothing where nothing was wanted', [1, 2], [], []],
])('what a batch takes out of the outbox: %s', (_law, here, wanted, found) => {
  expect(runs(here, new Set(wanted))).toEqual(found);
});
