/** What an "I am going" that waits on this tablet will count for: rules 3 and 8, as the server judges it when it comes. */
import { expect, test } from 'vitest';
import type { AlertRow, AlertStep } from '../schemas';
import type { Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { askedOf } from './asked';
import { ALERT_RULES } from './optimistic';
import { isRecorded, judged } from './standing';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const ms = (minutes: number) => START + minutes * 60_000;
const at = (minutes: number) => new Date(ms(minutes)).toISOString();
const step = (staff_id: string): AlertStep => ({
  ...{ step_id: staff_id, round: 1, step: 'assignee', staff_id, began_at: at(0) },
});
const RED: AlertRow = {
  ...{ alert_id: 'a1', stay_id: 's1', alert_class: 'red', cause: 'response', cause_id: 't1', state: 'open' },
  ...{ began_at: at(0), round: 1, step: 'assignee', steps: [step('mai')], text_key: 'cause.score' },
  policy_version: 1,
};

function ward(): RowStore {
  const store = new RowStore();
  store.overlay.learn(ALERT_RULES);
  store.replace('unit:u1', ['e1', 3], rowsOfSnapshot([{ type: 'alert', id: 'a1', row: RED, version: 1 }]));
  return store;
}
const going = (entry_id: string, minutes: number, alert_id = 'a1'): Pending => {
  const saved = { entry_id, type: 'alert_accepted', staff_id: 'mai', recorded_at: at(minutes) };
  return { saved: { ...saved, body: { alert_id, observed_at: at(minutes) } } as Pending['saved'] };
};
/** The alert as the screens show it at a minute. */
function shown(store: RowStore, minutes: number): AlertRow {
  const alert = judged(store.row('alert', 'a1') as AlertRow, store.isPending('alert', 'a1'), ms(minutes));
  return alert;
}

test('an accept that waits counts until its attend limit', () => {
  const store = ward();
  store.expect([going('e1', 2)]);
  expect(shown(store, 11)).toMatchObject({
    state: 'accepted',
    accepted_by_staff_id: 'mai',
    attend_by_at: at(12),
  });
  expect(isRecorded(shown(store, 11), 'mai')).toBe(false);
});

test('an accept whose act and attend limit are past is recorded, and she is asked again', () => {
  const store = ward();
  store.expect([going('e1', 2)]);
  expect(shown(store, 12)).toMatchObject({ state: 'open', accepted_by_staff_id: null });
  expect(isRecorded(shown(store, 12), 'mai')).toBe(true);
  expect(isRecorded(shown(store, 12), 'seoyeon')).toBe(false);
  expect(askedOf([shown(store, 12)], 'mai')).toHaveLength(1);
});

test('an act from before the alert counts from its beginning', () => {
  const store = ward();
  store.expect([going('e1', -5)]);
  expect(store.row('alert', 'a1')?.attend_by_at).toBe(at(10));
});

test('who says it again after the limit is going again', () => {
  const store = ward();
  store.expectOnly([going('e1', 2), going('e2', 20)]);
  expect(shown(store, 21)).toMatchObject({ state: 'accepted', attend_by_at: at(30) });
});

test('what the server says of an accept stands', () => {
  const accepted: AlertRow = { ...RED, state: 'accepted', accepted_by_staff_id: 'mai', attend_by_at: at(12) };
  expect(judged(accepted, false, ms(60))).toBe(accepted);
});
