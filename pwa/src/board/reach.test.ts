import { expect, test } from 'vitest';
import { reachOf } from './reach';
import { at, NOW, tablet } from './trial_ward';

test.each([
  ['heard of a minute ago', [tablet('a', 'mai', -1)], true],
  ['heard of as long ago as the policy allows', [tablet('a', 'mai', -15)], true],
  ['silent for longer', [tablet('a', 'mai', -15.1)], false],
  ['with one silent tablet and one that is there', [tablet('a', 'mai', -60), tablet('b', 'mai', -1)], true],
  ['whose push failed', [{ ...tablet('a', 'mai', -1), push_works: false }], false],
  [
    'whose push failed on one tablet and works on another',
    [
      { ...tablet('a', 'mai', -1), push_works: false },
      { ...tablet('b', 'mai', -1), push_works: true },
    ],
    true,
  ],
  ['signed in nowhere', [tablet('a', 'li', -1)], false],
])('somebody %s', (_, tablets, reachable) => {
  expect(reachOf('mai', tablets, 15, NOW).reachable).toBe(reachable);
});

test('the latest contact counts', () => {
  const two = [tablet('a', 'mai', -60), tablet('b', 'mai', -3)];
  expect(reachOf('mai', two, 15, NOW).contact_at).toBe(Date.parse(at(-3)));
  expect(reachOf('li', two, 15, NOW).contact_at).toBeNull();
});
