import { expect, test } from 'vitest';
import { FlagSchema } from '../schemas';
import { flagTags, flagWords, heldWords } from './remarks';

test('every flag that the server may give is a sentence', () => {
  for (const flag of FlagSchema.options) expect(flagWords([flag])[0], flag).toMatch(/\.$/);
});

test('a flag of a newer server says nothing, and the others still speak', () => {
  expect(flagWords(['of_tomorrow', 'not_better'])).toEqual([
    'The score is not better: the response stays open. Record the reply.',
  ]);
  expect(flagTags(['of_tomorrow', 'late'])).toEqual(['late entry']);
  expect(flagWords(undefined)).toEqual([]);
});

test('a held entry says why, and what exactly stands against it', () => {
  expect(heldWords({ reason: 'invalid', detail: 'interval_needs_reason' })).toBe(
    'The server can not apply it as it is. A longer interval needs a reason. Set it again with one.',
  );
});

test('the decoder’s own words are not for a nurse, nor is a reason of a newer server', () => {
  expect(heldWords({ reason: 'malformed', detail: 'Expected `str`, got `int`' })).toBe(
    'The server could not read it.',
  );
  expect(heldWords({ reason: 'of_tomorrow' })).toBe('The server can not apply it as it is.');
});
