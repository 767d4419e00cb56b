import { expect, test } from 'vitest';
import { chip } from './chip';

test.each([
  [{ total: 0, band: 'zero' }, 'circle', '0'],
  [{ total: 3, band: 'low' }, 'circle', '3'],
  [{ total: 4, band: 'low-medium' }, 'square', '4'],
  [{ total: 5, band: 'medium' }, 'house', '5'],
  [{ total: 7, band: 'high' }, 'octagon', '7'],
  [{ total: null, lower_bound: 9, band: 'high' }, 'octagon', '≥9'],
  [{ no_score: 'pregnant' }, 'dashed', '–'],
  [undefined, 'dashed', '–'],
] as const)('%o is drawn as %s %s', (score, shape, text) => {
  expect(chip(score as Parameters<typeof chip>[0])).toMatchObject({ shape, text });
});
