import { expect, test } from 'vitest';
import type { Score } from '../schemas';
import { sickestOf } from './sickest';
import { set, stay, task, ward } from './trial_ward';

const total = (figure: number): Score => ({ total: figure, band: figure >= 7 ? 'high' : 'low' });
const ids = (places: { stay: { stay_id: string } | null }[]) => places.map((place) => place.stay?.stay_id);

test('by score; who was never scored stands above 4 and below 5; a lower bound counts as it is', () => {
  const scores: Record<string, Score> = {
    four: total(4),
    five: total(5),
    nine: total(9),
    bound: { total: null, lower_bound: 7, band: 'high' },
    pregnant: { no_score: 'pregnant' },
  };
  const stays = [...Object.keys(scores), 'new'].map((id) => stay(id, 'mai'));
  const sets = Object.entries(scores).map(([id, score]) => set(id, -30, score));
  expect(ids(sickestOf(ward(stays, { sets })).rows)).toEqual([
    'nine',
    'bound',
    'five',
    'new',
    'pregnant',
    'four',
  ]);
});

test('six rows, and the rest in bed order whatever their score', () => {
  const stays = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => stay(id, 'mai'));
  const sets = stays.map(({ stay_id }, n) => set(stay_id, -30, total(n === 0 ? 0 : n === 7 ? 1 : 5)));
  const { rows, tiles } = sickestOf(ward(stays, { sets }));
  expect(rows).toHaveLength(6);
  expect(ids(tiles)).toEqual(['a', 'h']);
});

test('of equal scores a single 3 first, then who is later, then bed order', () => {
  const stays = ['a', 'b', 'c', 'd'].map((id) => stay(id, 'mai'));
  const sets = [
    set('a', -30, total(3)),
    set('b', -30, total(3)),
    set('c', -30, total(3)),
    set('d', -30, { ...total(3), single_3: true }),
  ];
  const tasks = [task('t', 'c', -9, { kind: 'observation' }), task('u', 'b', 9, { kind: 'observation' })];
  expect(ids(sickestOf(ward(stays, { sets, tasks })).rows)).toEqual(['d', 'c', 'b', 'a']);
});

test('an empty bed is no patient', () => {
  expect(sickestOf(ward([])).rows).toEqual([]);
});
