import { expect, test } from 'vitest';
import { runs } from './runs';

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
