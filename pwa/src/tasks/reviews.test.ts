/** A tick, "not done" and a cancel leave the review of a stop wanted, as on the server. */
import { expect, test } from 'vitest';
import type { EntryType, Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { TASK_RULES } from './optimistic';

const NOW = '2026-11-22T12:00:00.000Z';

test.each([
  ['task_done', {}],
  ['task_not_done', { reason: 'refused' }],
  ['task_cancelled', { reason: 'no longer wanted' }],
] as [EntryType, object][])('nothing but a decision ends a review: %s', (type, more) => {
  const store = new RowStore();
  store.overlay.learn(TASK_RULES);
  const row = {
    ...{ task_id: 't1', stay_id: 's1', kind: 'other', state: 'ready', text_key: 'task.review_stop' },
    ...{ planned_at: NOW, due_at: NOW, due_soon_at: NOW, overdue_at: NOW },
    cause: { cause_type: 'entry', cause_id: 't1', text_key: 'cause.stopped' },
  };
  store.replace('unit:u1', ['e1', 3], rowsOfSnapshot([{ type: 'task', id: 't1', row, version: 1 }]));
  const body = { stay_id: 's1', task_id: 't1', observed_at: NOW, ...more };
  store.expect([
    { saved: { entry_id: 'e2', type, staff_id: 'mai', recorded_at: NOW, body } as Pending['saved'] },
  ]);
  expect(store.row('task', 't1')).toMatchObject({ state: 'ready', flags: ['review_needs_decision'] });
});
