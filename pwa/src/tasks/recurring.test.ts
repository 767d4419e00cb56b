import { beforeEach, expect, test } from 'vitest';
import type { EntryType, Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { TASK_RULES } from './optimistic';

const at = (time: string) => `2026-11-22T${time}:00.000Z`;
let store: RowStore;

beforeEach(() => {
  store = new RowStore();
  store.overlay.learn(TASK_RULES);
  const template = { template_id: 'k1', kind: 'turning', text_key: 'care.turning', interval_minutes: 120 };
  const rows = [{ type: 'care_template', id: 'k1', version: 1, row: template }];
  store.replace('unit:u1', ['e1', 3], rowsOfSnapshot(rows));
});
function said(entry_id: string, type: EntryType, time: string, body: object): Pending {
  const saved = { entry_id, type, staff_id: 'mai', recorded_at: at(time) };
  return { saved: { ...saved, body: { stay_id: 's1', observed_at: at(time), ...body } } as Pending['saved'] };
}
const start = () =>
  said('r1', 'recurring_care_started', '10:00', {
    ...{ template_id: 'k1', interval_minutes: 120, first_due_at: at('12:00') },
  });
const slots = () => store.rows('task').map((task) => [task.task_id, task.state, task.due_at.slice(11, 16)]);

test('recurring care that is started without a network runs, and its first slot is due', () => {
  store.expect([start()]);
  expect(store.row('recurring_care', 'r1')).toMatchObject({ kind: 'turning', started_at: at('10:00') });
  expect(store.isPending('recurring_care', 'r1')).toBe(true);
  expect(store.row('task', 'r1')).toMatchObject({ slot_of: 'r1', overdue_at: at('12:30') });
  expect(slots()).toEqual([['r1', 'ready', '12:00']]);
});

test('the slot that the server has planned stands alone', () => {
  store.expect([start()]);
  const slot = { task_id: 't9', stay_id: 's1', slot_of: 'r1', state: 'ready', due_at: at('12:00') };
  store.apply('unit:u1', 'e1', [{ seq: 4, type: 'task', id: 't9', version: 1, row: slot }]);
  expect(slots()).toEqual([['t9', 'ready', '12:00']]);
});

test('stopped, its open slot is no longer wanted', () => {
  store.expectOnly([
    start(),
    said('e2', 'recurring_care_stopped', '11:00', { recurring_care_id: 'r1', reason: 'turns herself' }),
  ]);
  expect(store.row('recurring_care', 'r1')?.stopped_at).toBe(at('11:00'));
  expect(store.row('task', 'r1')?.reason_text).toBe('turns herself');
  expect(slots()).toEqual([['r1', 'cancelled', '12:00']]);
});

test('what is held is undone', () => {
  store.expectOnly([
    start(),
    said('e2', 'recurring_care_stopped', '11:00', { recurring_care_id: 'r1', reason: 'turns herself' }),
  ]);
  store.answered([], ['e2'], {}, 'e1');
  expect(slots()).toEqual([['r1', 'ready', '12:00']]);
  store.answered([], ['r1'], {}, 'e1');
  expect(slots()).toEqual([]);
  expect(store.row('recurring_care', 'r1')).toBeUndefined();
});
