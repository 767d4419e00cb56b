/** What answers to a task will have done, before the server says so. */
import type { TaskRow } from '../schemas';
import type { Expected, OptimisticRules } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { instantsOf } from './margins';
import { isOpen, isReview } from './task_state';

function changed(store: RowReader, task_id: string, change: (task: TaskRow) => Partial<TaskRow>): Expected[] {
  const task = store.row('task', task_id);
  return task ? [{ type: 'task', id: task_id, row: { ...task, ...change(task) } }] : [];
}

/** An answer that ends care; the review of a stop stays wanted, and says why. */
function ended(store: RowReader, task_id: string, change: (task: TaskRow) => Partial<TaskRow>): Expected[] {
  return changed(store, task_id, (task) =>
    isReview(task) && isOpen(task)
      ? { flags: [...new Set([...(task.flags ?? []), 'review_needs_decision' as const])] }
      : change(task),
  );
}

const shifted = (instant: string, by_ms: number) => new Date(Date.parse(instant) + by_ms).toISOString();

export const TASK_RULES: OptimisticRules = {
  task_done: ({ body, staff_id }, store) =>
    ended(store, body.task_id, () => ({
      state: 'completed',
      ended_at: body.observed_at,
      ended_by_staff_id: staff_id,
    })),
  task_not_done: ({ body, staff_id }, store) =>
    // An observation stays open until a complete set or a pause.
    ended(store, body.task_id, ({ kind }) =>
      kind === 'observation'
        ? {}
        : { state: 'failed', reason: body.reason, ended_at: body.observed_at, ended_by_staff_id: staff_id },
    ),
  task_deferred: ({ body }, store) =>
    changed(store, body.task_id, (task) => {
      const by_ms = Date.parse(body.due_at) - Date.parse(task.due_at);
      return {
        state: 'on-hold',
        due_at: body.due_at,
        due_soon_at: shifted(task.due_soon_at, by_ms),
        overdue_at: shifted(task.overdue_at, by_ms),
      };
    }),
  task_cancelled: ({ body, staff_id }, store) =>
    ended(store, body.task_id, () => ({
      state: 'cancelled',
      reason_text: body.reason,
      ended_at: body.observed_at,
      ended_by_staff_id: staff_id,
    })),
  task_claimed: ({ body, staff_id }, store) =>
    changed(store, body.task_id, (task) =>
      task.owner_staff_id ? {} : { state: 'accepted', owner_staff_id: staff_id },
    ),
  task_assigned: ({ body, staff_id }, store) =>
    changed(store, body.task_id, (task) =>
      isOpen(task) && (task.owner_staff_id ?? null) === body.from_staff_id
        ? {
            state: task.state === 'ready' ? 'accepted' : task.state,
            owner_staff_id: body.to_staff_id,
            assigned_by_staff_id: staff_id,
            assigned_at: body.observed_at,
          }
        : {},
    ),
  task_done_corrected: ({ body }, store) =>
    changed(store, body.task_id, () => ({ state: 'ready', ended_at: null, ended_by_staff_id: null })),
  response_recorded: ({ body }, store) =>
    changed(store, body.task_id, (task) => ({
      // Whether it ends the response is the server's to say: a note counts only with a better score.
      response: { ...task.response, ...body.response },
    })),
  task_planned: ({ entry_id, body }, store) => [
    {
      type: 'task',
      id: entry_id,
      row: {
        task_id: entry_id,
        stay_id: body.stay_id,
        kind: 'other',
        state: 'ready',
        text: body.text,
        cause: { cause_type: 'entry', cause_id: entry_id, text_key: 'cause.by_hand' },
        planned_at: body.observed_at,
        ...instantsOf('other', body.due_at, body.stay_id, store),
      },
    },
  ],
  recurring_care_started: ({ entry_id, body }, store) => {
    const template = store.row('care_template', body.template_id);
    if (!template) return [];
    const { stay_id, template_id, interval_minutes, first_due_at, observed_at } = body;
    const { kind, text_key } = template;
    const care = { stay_id, template_id, kind, text_key, interval_minutes };
    const first: TaskRow = {
      task_id: entry_id,
      ...{ stay_id, kind, text_key, interval_minutes },
      state: 'ready',
      slot_of: entry_id,
      cause: {
        cause_type: 'template',
        cause_id: entry_id,
        text_key: 'cause.recurring_care',
        text_params: { interval_minutes },
      },
      planned_at: observed_at,
      ...instantsOf(kind, first_due_at, stay_id, store),
    };
    // The server names the first slot itself: where it is here, ours would stand beside it.
    const named = store.rows('task').some((task) => task.slot_of === entry_id);
    return [
      {
        type: 'recurring_care',
        id: entry_id,
        row: { recurring_care_id: entry_id, ...care, started_at: observed_at },
      },
      ...(named ? [] : [{ type: 'task' as const, id: entry_id, row: first }]),
    ];
  },
  recurring_care_stopped: ({ staff_id, body }, store) => {
    const { recurring_care_id, reason, observed_at } = body;
    const care = store.row('recurring_care', recurring_care_id);
    if (!care || care.stopped_at) return [];
    const ended = { ended_at: observed_at, ended_by_staff_id: staff_id, reason_text: reason };
    const slots = store.rows('task').filter((task) => task.slot_of === recurring_care_id && isOpen(task));
    return [
      { type: 'recurring_care', id: recurring_care_id, row: { ...care, stopped_at: observed_at } },
      ...slots.map((task) => ({
        type: 'task' as const,
        id: task.task_id,
        row: { ...task, ...ended, state: 'cancelled' as const },
      })),
    ];
  },
};
