import { describe, expect, test } from 'vitest';
import type { Readiness } from '../schemas';
import { holds, NEXT, neededFor, wayBack } from './turns';

const ALL = Object.keys(NEXT) as Readiness[];

test('a bed out of use comes back only as one to clean', () => {
  expect([NEXT.blocked.includes('clean'), NEXT.closed.includes('clean')]).toEqual([false, false]);
  expect(NEXT.dirty.includes('clean')).toBe(false);
});

test.each<[Readiness, Readiness, string]>([
  ['cleaning', 'dirty', 'chart'],
  ['clean', 'cleaning', 'chart'],
  ['blocked', 'clean', 'plan'],
  ['dirty', 'blocked', 'plan'],
  ['closed', 'blocked', 'lead'],
  ['dirty', 'closed', 'lead'],
])('%s after %s needs %s', (wanted, marked, needs) => {
  expect(neededFor(wanted, marked)).toBe(needs);
});

describe('which mark holds', () => {
  test.each<[Readiness, Readiness, boolean, boolean]>([
    ['cleaning', 'dirty', false, true],
    ['clean', 'dirty', false, false],
    ['dirty', 'dirty', false, false],
    ['clean', 'blocked', true, false],
    ['dirty', 'cleaning', true, true],
    ['cleaning', 'dirty', true, false],
  ])('%s on %s, unseen %s: %s', (wanted, shown, unseen, held) => {
    expect(holds(wanted, shown, shown, unseen)).toBe(held);
  });
});

test('every mark is taken back by marks in their turn', () => {
  for (const from of ALL)
    for (const to of ALL) {
      let here = from;
      for (const next of wayBack(from, to)) {
        expect(NEXT[here]).toContain(next);
        here = next;
      }
      expect(here).toBe(to);
    }
  expect(wayBack('dirty', 'clean')).toEqual(['cleaning', 'clean']);
});
