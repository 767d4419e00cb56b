import { expect, test } from 'vitest';
import { pillFace } from './pill';
import type { SyncStanding } from './shell.svelte';

const CALM: SyncStanding = { waiting: 0, held: 0, sent_at: null, reachable: true };
const said = (standing: Partial<SyncStanding>, time: string | null = '14:46') =>
  pillFace({ ...CALM, ...standing }, time).parts.map((part) => part.key);

test('all sent is said only when nothing waits, nothing is held and the server was reached', () => {
  for (const waiting of [0, 1, 3])
    for (const held of [0, 1])
      for (const reachable of [true, false]) {
        const calm = waiting === 0 && held === 0 && reachable;
        expect(said({ waiting, held, reachable }).some((key) => key.startsWith('sync.all_sent'))).toBe(calm);
      }
});

test('what needs an answer comes before what waits', () => {
  expect(said({ waiting: 2, held: 1, reachable: false })).toEqual(['sync.needs_answer', 'sync.waiting']);
});

test('without a network the pill says so, with what is kept here', () => {
  expect(said({ reachable: false })).toEqual(['sync.no_network_sent']);
  expect(said({ reachable: false, waiting: 4 })).toEqual(['sync.kept_here_sent']);
});

test('a time that is not known is not said', () => {
  expect(said({ waiting: 3 }, null)).toEqual(['sync.waiting']);
  expect(said({}, null)).toEqual(['sync.all_sent']);
});
