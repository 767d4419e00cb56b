/** What answers to a task will have done, before the server says so. */
import type { TaskRow } from '../schemas';
import type { Expected, OptimisticRules } from '../sync/overlay';
import type { RowReader } from '../sync/rows';

const MINUTE_MS = 60_000;

function changed(store: RowReader, task_id: string, change: (task: TaskRow) => Partial<TaskRow>): Expected[] {
  const task = store.row('task', task_id);
  return task ? [{ type: 'task', id: task_id, row: { ...task, ...change(task) } }] : [];
}

const shifted = (instant: string, by_ms: number) => new Date(Date.parse(instant) + by_ms).toISOString();

export const TASK_RULES: OptimisticRules = {
  task_done: ({ body, staff_id }, store) =>
    changed(store, body.task_id, () => ({
      state: 'completed',
      ended_at: body.observed_at,
      ended_by_staff_id: staff_id,
    })),
  task_not_done: ({ body, staff_id }, store) =>
    // An observation stays open until a complete set or a pause.
    changed(store, body.task_id, ({ kind }) =>
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
    changed(store, body.task_id, () => ({
      state: 'cancelled',
      reason_text: body.reason,
      ended_at: body.observed_at,
      ended_by_staff_id: staff_id,
    })),
  task_claimed: ({ body, staff_id }, store) =>
    changed(store, body.task_id, (task) =>
      task.owner_staff_id ? {} : { state: 'accepted', owner_staff_id: staff_id },
    ),
  task_done_corrected: ({ body }, store) =>
    changed(store, body.task_id, () => ({ state: 'ready', ended_at: null, ended_by_staff_id: null })),
  response_recorded: ({ body }, store) =>
    changed(store, body.task_id, (task) => ({
      // Whether it ends the response is the server's to say: a note counts only with a better score.
      response: { ...task.response, ...body.response },
    })),
  task_planned: ({ entry_id, body }) => [
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
        due_at: body.due_at,
        // The unit's policy decides; these are its defaults for care planned by hand.
        due_soon_at: shifted(body.due_at, -15 * MINUTE_MS),
        overdue_at: shifted(body.due_at, 30 * MINUTE_MS),
      },
    },
  ],
};
