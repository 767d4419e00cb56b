/** What an incomplete set and a correction do to the plan: the cases of the server's tests of the same names. */
import { expect, test } from 'vitest';
import type { VitalSigns } from '../schemas';
import type { Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { VITALS_RULES } from './optimistic';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
const WELL: VitalSigns = {
  ...{ respiratory_rate_per_min: 16, spo2_percent: 97, on_oxygen: false, systolic_mmhg: 125 },
  ...{ diastolic_mmhg: 80, pulse_per_min: 72, consciousness: 'A', temperature_tenths_c: 368 },
};
const SEVEN = { respiratory_rate_per_min: 22, spo2_percent: 93, pulse_per_min: 115, systolic_mmhg: 105 };
const SCORES: Record<number, VitalSigns> = {
  0: {},
  1: { pulse_per_min: 95 },
  2: { pulse_per_min: 115 },
  5: { respiratory_rate_per_min: 22, spo2_percent: 93, pulse_per_min: 95 },
  7: SEVEN,
};
const scoring = (total: number): VitalSigns => ({ ...WELL, ...SCORES[total] });
const without = (values: VitalSigns, ...fields: (keyof VitalSigns)[]): VitalSigns => ({
  ...values,
  ...Object.fromEntries(fields.map((field) => [field, null])),
});

function ward(arrived_at = ago(3 * 1440)): RowStore {
  const store = new RowStore();
  store.overlay.learn(VITALS_RULES);
  const [admitted_at, due_at] = [ago(3 * 1440), ago(3 * 1440 - 30)];
  const first = {
    ...{ task_id: 't1', stay_id: 's1', kind: 'observation', state: 'ready', planned_at: admitted_at },
    ...{ due_at, due_soon_at: due_at, overdue_at: due_at },
    cause: { cause_type: 'admission', cause_id: 's1', text_key: 'cause.first_set' },
  };
  const rows = [
    {
      type: 'stay',
      id: 's1',
      row: { stay_id: 's1', patient_id: 'p1', unit_id: 'u1', admitted_at, arrived_at },
    },
    { type: 'patient', id: 'p1', row: { patient_id: 'p1', stay_id: 's1', born_on: '1950-01-01' } },
    { type: 'task', id: 't1', row: first },
  ];
  store.replace('unit:u1', ['e1', 3], rowsOfSnapshot(rows.map((row) => ({ ...row, version: 1 }))));
  return store;
}
const said = (entry_id: string, type: string, recorded_at: string, body: object): Pending => ({
  saved: {
    entry_id,
    type,
    staff_id: 'mai',
    recorded_at,
    body: { stay_id: 's1', ...body },
  } as Pending['saved'],
});
const chart = (id: string, values: VitalSigns, minutes = 0) =>
  said(id, 'vital_signs_charted', ago(minutes), { observed_at: ago(minutes), values });
/** Said now, of a set of any time: a correction does not move it. */
const correct = (id: string, corrects: string, values: VitalSigns | null) =>
  said(id, 'vital_signs_corrected', ago(0), { observed_at: ago(0), corrects, reason: 'typed wrong', values });

/** The open observation after these, and in how many minutes it is due. */
function after(...entries: Pending[]) {
  const store = ward();
  store.expectOnly(entries);
  const open = store.rows('task').filter((task) => task.state === 'ready');
  expect(open).toHaveLength(1);
  const [task] = open;
  const minutes = (at = '') => (Date.parse(at) - NOW) / 60_000;
  return { store, task, due_in: minutes(task?.due_at), overdue_in: minutes(task?.overdue_at) };
}

test('an incomplete set never lengthens an interval: the task stays open and names what is missing', () => {
  const before = chart('v1', scoring(5), 30);
  const { task, due_in } = after(before, chart('v2', without(WELL, 'systolic_mmhg', 'temperature_tenths_c')));
  expect([task?.task_id, due_in, task?.missing]).toEqual(['v1', 30, ['systolic', 'temperature']]);
});

test('an incomplete set that escalates brings the next set forward, and an overdue one is amber', () => {
  const { task, due_in, overdue_in } = after(
    chart('v1', WELL, 10),
    chart('v2', without(scoring(7), 'temperature_tenths_c')),
  );
  expect([due_in, task?.missing]).toEqual([30, ['temperature']]);
  expect(overdue_in).toBe(40);
});

test('an incomplete set of a sick patient makes the open task amber where it is due sooner', () => {
  const { task, overdue_in } = after(
    chart('v1', scoring(2), 225),
    chart('v2', without(scoring(5), 'temperature_tenths_c')),
  );
  expect([task?.task_id, overdue_in]).toEqual(['v1', 25]);
});

test('a sign that could not be obtained brings the next set forward as a high score does', () => {
  const values = {
    ...without(WELL, 'spo2_percent'),
    not_done: [{ parameter: 'spo2', reason: 'unobtainable' }],
  };
  expect(after(chart('v1', WELL, 10), chart('v2', values as VitalSigns)).due_in).toBe(30);
});

test('an incomplete set below the thresholds brings nothing forward', () => {
  const values = without(scoring(2), 'temperature_tenths_c');
  expect(after(chart('v1', WELL, 10), chart('v2', values)).due_in).toBe(710);
});

test.each([
  ['to worse plans sooner', 10, 0, 7, 20],
  ['to better plans later', 10, 7, 0, 710],
  ['does not move the set in time', 60, 0, 1, 180],
])('a correction %s', (_, minutes, from, to, due_in) => {
  const found = after(chart('v1', scoring(from), minutes), correct('v2', 'v1', scoring(to)));
  expect(found.due_in).toBe(due_in);
  expect(found.store.row('vital_signs', 'v2')?.observed_at).toBe(ago(minutes));
});

test('what was entered in error is struck out and the set before governs', () => {
  const sets = [chart('v1', scoring(2), 60), chart('v2', scoring(0), 10)];
  expect(after(...sets, correct('v3', 'v2', null)).due_in).toBe(180);
});

test('when the only set was an error a first set is due', () => {
  const { task, due_in } = after(chart('v1', scoring(0), 10), correct('v2', 'v1', null));
  expect([due_in, task?.cause.text_key]).toEqual([0, 'cause.first_set']);
});

test('a first set is due again from the arrival in this unit, not from the admission', () => {
  const store = ward(ago(5));
  store.expectOnly([chart('v1', scoring(0), 2), correct('v2', 'v1', null)]);
  expect(store.rows('task').find((task) => task.state === 'ready')?.due_at).toBe(ago(-25));
});

test('correcting an older set leaves the plan', () => {
  const sets = [chart('v1', scoring(0), 300), chart('v2', scoring(2), 10)];
  expect(after(...sets, correct('v3', 'v1', scoring(1))).task).toEqual(after(...sets).task);
});

test('a correction that completes a set plans the next', () => {
  const half = chart('v1', without(WELL, 'pulse_per_min'), 5);
  expect(after(half, correct('v2', 'v1', WELL)).due_in).toBe(715);
});

test('a second correction of the same set corrects the first', () => {
  const first = [chart('v1', scoring(0), 10), correct('v2', 'v1', scoring(1))];
  const { store, due_in } = after(...first, correct('v3', 'v1', scoring(2)));
  expect(store.rows('vital_signs').filter((set) => !set.superseded_by)).toMatchObject([
    { entry_id: 'v3', supersedes: 'v2' },
  ]);
  expect(due_in).toBe(230);
});

test('once the server has the corrected set, its plan stands', () => {
  const entries = [chart('v1', scoring(0), 10), correct('v2', 'v1', scoring(7))];
  const { store } = after(...entries);
  const rows = [...store.rows('vital_signs'), ...store.rows('task')].map((row) => ({
    type: 'task_id' in row ? 'task' : 'vital_signs',
    id: 'task_id' in row ? row.task_id : row.entry_id,
    row: 'task_id' in row ? { ...row, planned_at: ago(0), owner_staff_id: 'server' } : row,
    version: 2,
  }));
  const stay = { type: 'stay', id: 's1', row: store.row('stay', 's1') as object, version: 1 };
  store.replace('unit:u1', ['e1', 4], rowsOfSnapshot([stay, ...rows]));
  expect(store.rows('task').filter((task) => task.state === 'ready')).toMatchObject([
    { owner_staff_id: 'server' },
  ]);
});
