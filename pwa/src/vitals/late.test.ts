import { expect, test } from 'vitest';
import type { LateSetRow } from '../schemas';
import { RowStore } from '../sync/rows';
import { gravestFirst } from './late';
import { VITALS_RULES } from './optimistic';
import { setClass } from './response';

const late = (entry_id: string, more: Partial<LateSetRow> = {}): LateSetRow => ({
  ...{ entry_id, patient_name: 'Rosa Klein', patient_lang: 'de', author_staff_id: 'mai' },
  ...{ departed_at: '2026-11-22T09:00:00Z', observed_at: '2026-11-22T08:00:00Z' },
  ...{ recorded_at: '2026-11-22T08:00:00Z', received_at: '2026-11-22T10:00:00Z' },
  ...{ values: {}, score: { total: 1, lower_bound: 1, band: 'low' } },
  ...more,
});
const RED = { score: { total: 7, lower_bound: 7, band: 'high' } } as const;
const AMBER = { score: { total: 5, lower_bound: 5, band: 'medium' } } as const;
const PULSELESS: Partial<LateSetRow> = {
  values: { not_done: [{ parameter: 'pulse', reason: 'unobtainable' }] },
};

test('what somebody should have been called for stands first, then as it came', () => {
  const all = [
    late('well'),
    late('amber', AMBER),
    late('red, later', { ...RED, received_at: '2026-11-22T11:00:00Z' }),
    late('red', RED),
  ];
  expect(gravestFirst(all).map((one) => one.entry_id)).toEqual(['red', 'red, later', 'amber', 'well']);
});

test('a sign that could not be obtained is red, as it is when it comes in time', () => {
  expect(setClass(late('pulseless', PULSELESS))).toBe('red');
  expect(setClass(late('well'))).toBe(null);
});

test('seen, it leaves the tray at once, before the server says so', () => {
  const store = new RowStore();
  store.overlay.learn(VITALS_RULES);
  const row = late('e1', RED);
  store.replace(
    'unit:u1',
    ['e', 1],
    new Map([['late_set/e1', { type: 'late_set', id: 'e1', version: 1, row }]]),
  );
  expect(store.rows('late_set')).toHaveLength(1);
  const body = { observed_at: '2026-11-22T10:05:00Z', set_entry_id: 'e1' };
  const saved = { entry_id: 'e2', staff_id: 'eve', recorded_at: body.observed_at };
  store.expect([{ saved: { ...saved, type: 'late_set_seen', body } }]);
  expect(store.rows('late_set')).toEqual([]);
});
