import { describe, expect, test } from 'vitest';
import { at, NOW } from '../board/trial_ward';
import type { AlertRow, AlertStep, VisitRow } from '../schemas';
import type { Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { VISIT_RULES } from './optimistic';
import { sosState, visitOf } from './sos';

const POSITION = { latitude_e7: 515_007_123, longitude_e7: -1_246_000, accuracy_m: 12 };

function sos(more: Partial<AlertRow> = {}): AlertRow {
  return {
    ...{ alert_id: 'sos', alert_class: 'red', cause: 'sos', cause_id: 'noor', state: 'open' },
    ...{ began_at: at(-5), round: 1, step: 'charge', steps: [], policy_version: 1 },
    ...{ text_key: 'alert.sos.raised', raised_by_staff_id: 'noor', ...more },
  };
}
const asked = (staff_id: string | null, more: Partial<AlertStep> = {}): AlertStep => ({
  ...{ step_id: `${staff_id}`, round: 1, step: 'charge', staff_id, began_at: at(-5), ...more },
});

function saved(entry_id: string, type: string, staff_id: string, body: object): Pending {
  const fields = { unit_id: 'home', observed_at: at(-1), ...body };
  return {
    saved: { entry_id, type, staff_id, recorded_at: at(-1), body: fields } as unknown as Pending['saved'],
  };
}
function tablet(rows: AlertRow[], said: Pending[]): RowStore {
  const store = new RowStore();
  store.overlay.learn(VISIT_RULES);
  const shown = rows.map((row) => ({ type: 'alert', id: row.alert_id, version: 1, row }));
  store.replace('unit:home', ['e1', rows.length], rowsOfSnapshot(shown));
  store.expectOnly(said);
  return store;
}
const told = (store: RowStore, staff_id = 'noor', now_ms = NOW) =>
  sosState(store.rows('alert'), staff_id, (id) => store.isPending('alert', id), now_ms);

describe('she is told whether anybody has heard her', () => {
  test('pressed without a network it is kept here and nobody knows', () => {
    expect(told(tablet([], [saved('e1', 'sos_raised', 'noor', {})]))).toEqual({ kind: 'kept' });
  });

  test.each<[string, AlertRow, unknown]>([
    ['nobody could be asked', sos({ steps: [asked(null, { why_ended: 'nobody' })] }), { kind: 'sent' }],
    [
      'two were asked, one of them twice',
      sos({ steps: [asked('paula'), asked('quinn'), asked('paula')] }),
      { kind: 'asked', staff_ids: ['paula', 'quinn'] },
    ],
    [
      'somebody goes',
      sos({
        ...{ state: 'accepted', accepted_by_staff_id: 'paula' },
        steps: [
          asked('paula', { answered_at: at(-9) }),
          asked('paula', { answered_at: at(-3) }),
          asked('quinn'),
        ],
      }),
      { kind: 'coming', staff_id: 'paula', at: at(-3) },
    ],
    [
      'somebody goes who was not asked',
      sos({ state: 'accepted', accepted_by_staff_id: 'omar', steps: [asked('paula')] }),
      { kind: 'coming', staff_id: 'omar', at: null },
    ],
  ])('%s', (_, alert, state) => {
    expect(told(tablet([alert], []))).toEqual(state);
    expect(told(tablet([alert], []), 'omar')).toBeUndefined();
  });

  test('that it has ended, for a quarter of an hour', () => {
    const over = sos({ state: 'resolved', ended_at: at(-15), ended_why: 'sos_helped' });
    expect(told(tablet([over], []))).toEqual({ kind: 'ended', at: at(-15), outcome: 'helped' });
    expect(told(tablet([over], []), 'noor', NOW + 1)).toBeUndefined();
  });

  test('a new one and not the one that has ended', () => {
    const over = sos({ alert_id: 'old', began_at: at(-9), ended_at: at(-8), ended_why: 'sos_safe' });
    expect(told(tablet([over, sos({ steps: [asked('paula')] })], []))).toMatchObject({ kind: 'asked' });
  });
});

test('pressed again it asks about the same one anew, and is no second alert', () => {
  const going = sos({ state: 'accepted', accepted_by_staff_id: 'paula', attend_by_at: at(5) });
  const store = tablet([going], [saved('e2', 'sos_raised', 'noor', { position: POSITION })]);
  expect(store.rows('alert').map((alert) => [alert.alert_id, alert.state, alert.text_key])).toEqual([
    ['sos', 'open', 'alert.sos.at'],
  ]);
  expect(store.row('alert', 'sos')).toMatchObject({ accepted_by_staff_id: null, attend_by_at: null });
  expect(store.row('alert', 'sos')?.text_params).toMatchObject({
    position: '51.50071, -0.12460',
    accuracy_m: 12,
  });
});

test('who did not know that she has pressed again ends nothing, whatever the clocks say', () => {
  const pressed = sos({ text_params: { observed_at: at(-9), press: 'e2' }, steps: [asked('paula')] });
  const end = (press?: string) =>
    saved('e3', 'sos_ended', 'paula', { staff_id: 'noor', outcome: 'safe', ...(press ? { press } : {}) });
  expect(told(tablet([pressed], [end('e1')]))).toMatchObject({ kind: 'asked' });
  expect(told(tablet([pressed], [end()]))).toMatchObject({ kind: 'asked' });
  expect(told(tablet([pressed], [end('e2')]))).toMatchObject({ kind: 'ended' });
});

test('somebody else ends it, she herself can not', () => {
  const end = (staff_id: string) => saved('e3', 'sos_ended', staff_id, { staff_id: 'noor', outcome: 'safe' });
  expect(told(tablet([sos({ steps: [asked('paula')] })], [end('noor')]))).toMatchObject({ kind: 'asked' });
  expect(told(tablet([sos()], [end('paula')]))).toEqual({ kind: 'ended', at: at(-1), outcome: 'safe' });
});

test('it names the visit that she began last, whichever row comes first', () => {
  const visit = (visit_id: string, began: number, more: object = {}) =>
    ({
      visit_id,
      state: 'started',
      started: { staff_id: 'noor', observed_at: at(began) },
      ...more,
    }) as VisitRow;
  const forgotten = visit('forgotten', -90);
  const here = visit('here', -5);
  const over = visit('over', -2, { state: 'ended' });
  const another = visit('another', -1, { started: { staff_id: 'omar', observed_at: at(-1) } });
  for (const all of [
    [forgotten, here, over, another],
    [another, over, here, forgotten],
  ])
    expect(visitOf('noor', all)).toBe('here');
  expect(visitOf('noor', [over, another])).toBeUndefined();
});
