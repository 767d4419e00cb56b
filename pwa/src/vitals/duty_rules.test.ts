import { describe, expect, test } from 'vitest';
import type { EntryType, Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { VITALS_RULES } from './optimistic';

const at = (time: string) => `2026-11-22T${time}:00.000Z`;
const DUE = { due_at: at('12:00'), due_soon_at: at('11:30'), overdue_at: at('12:30') };
const OPEN = {
  ...{ task_id: 't1', stay_id: 's1', kind: 'observation', state: 'ready', text_key: 'task.observation' },
  ...{ planned_at: at('08:00'), interval_minutes: 240, ...DUE },
  cause: { cause_type: 'entry', cause_id: 'v1', text_key: 'cause.score' },
};
/** A set of NEWS2 1 at 08:00: the score asks for one every four hours. */
const SET = {
  ...{ entry_id: 'v1', stay_id: 's1', observed_at: at('08:00'), recorded_at: at('08:00') },
  received_at: at('08:00'),
  values: {},
  score: { total: 1, lower_bound: 1, band: 'low' },
};
const STAY = { stay_id: 's1', patient_id: 'p1', unit_id: 'u1', admitted_at: '2026-11-01T00:00:00Z' };

function ward(...more: { type: string; id: string; row: object }[]): RowStore {
  const store = new RowStore();
  store.overlay.learn(VITALS_RULES);
  const rows = [
    { type: 'stay', id: 's1', row: STAY },
    { type: 'vital_signs', id: 'v1', row: SET },
    { type: 'task', id: 't1', row: OPEN },
    ...more,
  ];
  store.replace('unit:u1', ['e1', 3], rowsOfSnapshot(rows.map((row) => ({ ...row, version: 1 }))));
  return store;
}
function said(entry_id: string, type: EntryType, time: string, body: object): Pending {
  const saved = { entry_id, type, staff_id: 'mai', recorded_at: at(time) };
  return { saved: { ...saved, body: { stay_id: 's1', observed_at: at(time), ...body } } as Pending['saved'] };
}
const pause = (time = '10:00') =>
  said('e2', 'observations_paused', time, { reason: 'theatre', expected_return_at: at('14:00') });
const tasks = (store: RowStore) =>
  store.rows('task').map((task) => [task.task_id, task.state, task.due_at.slice(11, 16)]);
const duty = (store: RowStore) => store.row('observation_duty', 's1');

describe('a decision without a network is shown at once, and undone when it is held', () => {
  test.each([
    ['a pause', pause()],
    [
      'a stop',
      said('e2', 'observations_stopped', '10:00', {
        prescriber: 'Dr Haddad',
        reason: 'dying',
        review_at: at('20:00'),
      }),
    ],
    [
      'SpO2 scale 2',
      said('e2', 'spo2_scale_set', '10:00', {
        scale: 2,
        prescriber: 'Dr Haddad',
        reason: 'COPD',
        target: '88–92 %',
      }),
    ],
    ['an interval', said('e2', 'observation_interval_set', '10:00', { interval_minutes: 60 })],
  ])('%s', (_, entry) => {
    const store = ward();
    const before = tasks(store);
    store.expect([entry]);
    expect(store.isPending('observation_duty', 's1')).toBe(true);
    expect(duty(store)).toBeDefined();
    store.answered([], ['e2'], {}, 'e1');
    expect(duty(store)).toBeUndefined();
    expect(tasks(store)).toEqual(before);
  });
});

test('while a patient is away nothing is due', () => {
  const store = ward();
  store.expect([pause()]);
  expect(duty(store)).toMatchObject({
    ...{ pause_reason: 'theatre', paused_at: at('10:00'), paused_by_staff_id: 'mai' },
    expected_return_at: at('14:00'),
  });
  expect(tasks(store)).toEqual([['t1', 'cancelled', '12:00']]);
});

test('a pause from before the newest complete set changes nothing', () => {
  const store = ward();
  store.expect([pause('07:00')]);
  expect(duty(store)).toBeUndefined();
  expect(tasks(store)).toEqual([['t1', 'ready', '12:00']]);
});

test('back from a pause, a set is due at once', () => {
  const store = ward();
  store.expectOnly([pause(), said('e3', 'observations_resumed', '11:00', {})]);
  expect(duty(store)).toMatchObject({ pause_reason: null, expected_return_at: null });
  expect(tasks(store)).toEqual([
    ['t1', 'cancelled', '12:00'],
    ['e3', 'ready', '11:00'],
  ]);
});

test('a stop ends the observation and plans its review; observing again does the review', () => {
  const store = ward();
  const stop = { prescriber: 'Dr Haddad', reason: 'dying', review_at: at('20:00') };
  store.expect([said('e2', 'observations_stopped', '10:00', stop)]);
  expect(duty(store)).toMatchObject({
    stopped: true,
    response_modified: false,
    stop_prescriber: 'Dr Haddad',
  });
  expect(store.row('task', 'e2')?.text_key).toBe('task.review_stop');
  expect(tasks(store)).toEqual([
    ['t1', 'cancelled', '12:00'],
    ['e2', 'ready', '20:00'],
  ]);
  store.expect([said('e3', 'observations_resumed', '11:00', {})]);
  expect(duty(store)?.stopped).toBe(false);
  expect(tasks(store)).toEqual([
    ['t1', 'cancelled', '12:00'],
    ['e2', 'completed', '20:00'],
    ['e3', 'ready', '11:00'],
  ]);
});

test('a modified response leaves the observation due', () => {
  const store = ward();
  const stop = {
    prescriber: 'Dr Haddad',
    reason: 'ceiling',
    review_at: at('20:00'),
    response_modified_only: true,
  };
  store.expect([said('e2', 'observations_stopped', '10:00', stop)]);
  expect(duty(store)).toMatchObject({ stopped: false, response_modified: true });
  expect(tasks(store)[0]).toEqual(['t1', 'ready', '12:00']);
});

test('scale 2 is in force for the next set; without its target it is not shown', () => {
  const store = ward();
  const set = { scale: 2, prescriber: 'Dr Haddad', reason: 'COPD' };
  store.expect([said('e2', 'spo2_scale_set', '10:00', set)]);
  expect(duty(store)).toBeUndefined();
  store.expect([said('e3', 'spo2_scale_set', '10:00', { ...set, target: '88–92 %' })]);
  expect(duty(store)).toMatchObject({ spo2_scale: 2, scale_set_at: at('10:00'), scale_conflict: false });
  const values = { spo2_percent: 90, on_oxygen: true };
  store.expect([said('v2', 'vital_signs_charted', '10:05', { values })]);
  expect(store.row('vital_signs', 'v2')?.score).toMatchObject({ spo2_scale: 2, sub_scores: { spo2: 0 } });
});

test.each([
  ['shorter', 60, undefined, '10:00'],
  ['longer, with a reason', 480, 'sleeps', '16:00'],
  ['longer, without a reason', 480, undefined, '12:00'],
])('an interval that is %s', (_, interval_minutes, reason, due) => {
  const store = ward();
  store.expect([said('e2', 'observation_interval_set', '10:00', { interval_minutes, reason })]);
  const open = tasks(store).filter(([, state]) => state === 'ready');
  expect(open.map(([, , time]) => time)).toEqual([due]);
});

test('the score’s own interval comes back', () => {
  const own = { stay_id: 's1', interval_minutes: 60, interval_by_staff_id: 'mai', interval_band: 'low' };
  const store = ward({ type: 'observation_duty', id: 's1', row: own });
  store.expect([said('e2', 'observation_interval_set', '09:00', { interval_minutes: null })]);
  expect(duty(store)).toMatchObject({ interval_minutes: null, interval_by_staff_id: null });
  expect(tasks(store)).toEqual([['t1', 'ready', '12:00']]);
});
