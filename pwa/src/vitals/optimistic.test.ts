import { expect, test } from 'vitest';
import type { Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { VITALS_RULES } from './optimistic';

const UNIT = 'unit:u1';
const SET = {
  respiratory_rate_per_min: 18,
  spo2_percent: 96,
  on_oxygen: false,
  systolic_mmhg: 124,
  pulse_per_min: 88,
  consciousness: 'A',
  temperature_tenths_c: 368,
} as const;

function ward(): RowStore {
  const store = new RowStore();
  store.overlay.learn(VITALS_RULES);
  const rows = [
    {
      type: 'stay',
      id: 's1',
      row: { stay_id: 's1', patient_id: 'p1', unit_id: 'u1', admitted_at: '2026-11-01T00:00:00Z' },
    },
    { type: 'patient', id: 'p1', row: { patient_id: 'p1', stay_id: 's1', born_on: '1950-01-01' } },
    {
      type: 'task',
      id: 't1',
      row: {
        task_id: 't1',
        stay_id: 's1',
        kind: 'observation',
        state: 'ready',
        planned_at: '2026-11-22T06:00:00.000Z',
        cause: { cause_type: 'admission', cause_id: 's1', text_key: 'cause.first_set' },
      },
    },
  ];
  store.replace(UNIT, ['e1', 3], rowsOfSnapshot(rows.map((row) => ({ ...row, version: 1 }))));
  return store;
}
function charted(entry_id: string, observed_at: string, values: object): Pending {
  const saved = { entry_id, type: 'vital_signs_charted', staff_id: 'mai', recorded_at: observed_at };
  return { saved: { ...saved, body: { stay_id: 's1', observed_at, values } } as Pending['saved'] };
}
const observations = (store: RowStore) =>
  store.rows('task').map((task) => [task.task_id, task.state, task.due_at?.slice(11, 16)]);

test('a complete set shows its score, ends the observation and plans the next from the observed time', () => {
  const store = ward();
  store.expect([charted('v1', '2026-11-22T10:00:00.000Z', SET)]);
  expect(store.row('vital_signs', 'v1')?.score.total).toBe(0);
  expect(store.isPending('vital_signs', 'v1')).toBe(true);
  expect(observations(store)).toEqual([
    ['t1', 'completed', undefined],
    ['v1', 'ready', '22:00'],
  ]);
});

test('a second set without a network ends the observation that the first one planned', () => {
  const store = ward();
  store.expectOnly([
    charted('v1', '2026-11-22T10:00:00.000Z', SET),
    charted('v2', '2026-11-22T11:00:00.000Z', { ...SET, respiratory_rate_per_min: 26 }),
  ]);
  expect(observations(store)).toEqual([
    ['t1', 'completed', undefined],
    ['v1', 'completed', '22:00'],
    ['v2', 'ready', '12:00'],
  ]);
});

test('an incomplete set leaves the observation open', () => {
  const store = ward();
  store.expect([charted('v1', '2026-11-22T10:00:00.000Z', { pulse_per_min: 88 })]);
  expect(store.row('vital_signs', 'v1')?.score.total).toBeNull();
  expect(observations(store)).toEqual([['t1', 'ready', undefined]]);
  expect(store.row('task', 't1')?.missing).toContain('systolic');
});

test('a late set that is older than a newer complete one, and no worse, plans nothing', () => {
  const store = ward();
  store.expectOnly([
    charted('v1', '2026-11-22T10:00:00.000Z', SET),
    charted('v2', '2026-11-22T09:00:00.000Z', SET),
  ]);
  expect(observations(store)).toEqual([
    ['t1', 'completed', undefined],
    ['v1', 'ready', '22:00'],
  ]);
});

test('a correction stands beside the set that it corrects; a struck-out set says so', () => {
  const store = ward();
  const body = {
    stay_id: 's1',
    observed_at: '2026-11-22T10:05:00.000Z',
    corrects: 'v1',
    reason: 'wrong cuff',
  };
  const correction = (entry_id: string, values: object | null): Pending => ({
    saved: {
      ...{ entry_id, type: 'vital_signs_corrected', staff_id: 'mai', recorded_at: body.observed_at },
      body: { ...body, values },
    } as Pending['saved'],
  });
  const first = charted('v1', '2026-11-22T10:00:00.000Z', SET);
  store.expectOnly([first, correction('v2', { ...SET, systolic_mmhg: 90 })]);
  expect(store.row('vital_signs', 'v1')?.superseded_by).toBe('v2');
  expect(store.row('vital_signs', 'v2')).toMatchObject({ supersedes: 'v1', score: { total: 3 } });
  store.expectOnly([first, correction('v3', null)]);
  expect(store.row('vital_signs', 'v1')).toMatchObject({
    entered_in_error: true,
    correction_reason: 'wrong cuff',
  });
});

test('a set at home is scored and plans no observation', () => {
  const store = ward();
  const home = { type: 'unit', id: 'u1', version: 1, row: { unit_id: 'u1', kind: 'home' } };
  store.replace('reference', ['e1', 1], rowsOfSnapshot([home]));
  store.expect([charted('v1', '2026-11-22T10:00:00.000Z', SET)]);
  expect(store.row('vital_signs', 'v1')?.score.total).toBe(0);
  expect(observations(store).map(([task_id]) => task_id)).toEqual(['t1']);
});
