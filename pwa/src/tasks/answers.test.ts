import { describe, expect, test } from 'vitest';
import type { TaskRow } from '../schemas';
import { answersTo, laterAt } from './answers';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const NURSE = { plans: true, red: false, at_ms: NOW };

/** Care that is due in ten minutes. */
function task(more: Partial<TaskRow> = {}): TaskRow {
  return {
    ...{ task_id: 't', stay_id: 's', kind: 'other', state: 'ready', planned_at: at(-60) },
    ...{ due_at: at(10), due_soon_at: at(-5), overdue_at: at(40) },
    cause: { cause_type: 'entry', cause_id: 't', text_key: 'cause.by_hand' },
    ...more,
  };
}

test('a registered nurse may answer care in every way', () => {
  expect(answersTo(task(), NURSE)).toEqual({
    claim: true,
    later: [15, 30, 60],
    not_done: true,
    cancel: true,
  });
});

test('an assistant claims care and says that it was not done; she neither plans nor cancels', () => {
  const assistant = { ...NURSE, plans: false };
  expect(answersTo(task(), assistant)).toEqual({ claim: true, later: [], not_done: true, cancel: false });
  expect(answersTo(task({ kind: 'response' }), assistant).not_done).toBe(false);
});

describe('care is put off only', () => {
  test.each<[string, Partial<TaskRow>]>([
    ['before it is overdue', { overdue_at: at(0) }],
    ['once', { state: 'on-hold' }],
    ['where its time is not a prescriber’s', { text_key: 'task.review_stop' }],
    ['where it does not end by charting', { kind: 'observation' }],
  ])('%s', (_, more) => expect(answersTo(task(more), NURSE).later).toEqual([]));

  test('up to its next slot', () => {
    expect(answersTo(task({ slot_of: 'r', interval_minutes: 60 }), NURSE).later).toEqual([15, 30]);
  });

  test('from now on, where it is due already', () => {
    expect(laterAt(task({ due_at: at(-10) }), 15, NOW)).toBe(NOW + 15 * 60_000);
    expect(laterAt(task(), 15, NOW)).toBe(NOW + 25 * 60_000);
  });
});

test('what is charted is not cancelled, and a red answer is not refused', () => {
  expect(answersTo(task({ kind: 'observation' }), NURSE)).toMatchObject({ not_done: true, cancel: false });
  expect(answersTo(task({ kind: 'response' }), NURSE)).toMatchObject({ not_done: true, cancel: false });
  expect(answersTo(task({ kind: 'response' }), { ...NURSE, red: true }).not_done).toBe(false);
});

test('who has it is not asked again, and what has ended is not answered', () => {
  expect(answersTo(task({ owner_staff_id: 'mai' }), NURSE).claim).toBe(false);
  const ended = answersTo(task({ state: 'completed' }), NURSE);
  expect(ended).toEqual({ claim: false, later: [], not_done: false, cancel: false });
});

test('the task of a visit is answered by the visit alone', () => {
  const answers = answersTo(task({ kind: 'home_visit' }), NURSE);
  expect(answers).toEqual({ claim: false, later: [], not_done: false, cancel: false });
});

test.each(['task.review_stop', 'task.review_response'])('%s is ended by a decision alone', (text_key) => {
  expect(answersTo(task({ text_key }), NURSE)).toEqual({
    claim: true,
    later: [],
    not_done: false,
    cancel: false,
  });
});
