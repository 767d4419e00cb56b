/** The care task of a visit: what its plan and its progress make of it, as backend/tasks/rules/visiting.py has it. Pure. */
import type { NotDoneCareReason, NotVisitedReason, TaskRow, VisitPlanned } from '../schemas';
import type { RowReader } from '../sync/rows';
import { policyOf } from '../tasks/margins';
import { isOpen } from '../tasks/task_state';

const MINUTE_MS = 60_000;
/** Nobody stays longer: a visit that has not ended by then is asked about. Source: wardlight; awaits sign-off. */
const LONGEST_VISIT_MS = 4 * 60 * MINUTE_MS;
export const PLAN_VISIT = 'task.plan_visit';

const AS_CARE: Partial<Record<NotVisitedReason, NotDoneCareReason>> = {
  refused: 'refused',
  no_time: 'no_time',
};

export type Change = (task: TaskRow) => TaskRow;
type Window = { window_from_at: string; window_to_at: string };

function shifted(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * MINUTE_MS).toISOString();
}

function due({ window_from_at, window_to_at }: Window, stay_id: string, store: RowReader) {
  const margin = policyOf(stay_id, store).care['home_visit'];
  return {
    due_at: window_to_at,
    due_soon_at: shifted(window_from_at, -(margin?.due_soon_minutes ?? 0)),
    overdue_at: shifted(window_to_at, margin?.grace_minutes ?? 0),
  };
}

/** The task of a visit that is planned: due when its window closes, due soon before it opens. */
export function taskOf(
  plan: Pick<VisitPlanned, 'visit_id' | 'stay_id' | 'kind' | 'staff_id' | 'observed_at'> & Window,
  store: RowReader,
): TaskRow {
  const { visit_id, stay_id, window_from_at: from_at, window_to_at: to_at } = plan;
  return {
    ...{ task_id: visit_id, stay_id, kind: 'home_visit', state: 'ready', text_key: `task.${plan.kind}` },
    cause: {
      ...{ cause_type: 'visit', cause_id: visit_id, text_key: 'cause.visit' },
      text_params: { from_at, to_at },
    },
    ...{ planned_at: plan.observed_at, owner_staff_id: plan.staff_id ?? null },
    ...due(plan, stay_id, store),
  };
}

export const windowed =
  (window: Window, stay_id: string, store: RowReader): Change =>
  (task) => {
    const text_params = { from_at: window.window_from_at, to_at: window.window_to_at };
    return { ...task, cause: { ...task.cause, text_params }, ...due(window, stay_id, store) };
  };

export const given =
  (staff_id: string | null): Change =>
  (task) => ({ ...task, owner_staff_id: staff_id });

export const begun =
  (staff_id: string, at: string): Change =>
  (task) => {
    const ends_at = new Date(Date.parse(at) + LONGEST_VISIT_MS).toISOString();
    return {
      ...{ ...task, state: 'accepted', owner_staff_id: staff_id, ended_at: null, ended_by_staff_id: null },
      ...{ due_at: ends_at, due_soon_at: ends_at, overdue_at: ends_at },
    };
  };

const over = (staff_id: string, at: string) => ({ ended_at: at, ended_by_staff_id: staff_id });

export const completed =
  (staff_id: string, at: string): Change =>
  (task) =>
    task.state === 'completed' ? task : { ...task, state: 'completed', ...over(staff_id, at) };

export const failed =
  (staff_id: string, at: string, reason: NotVisitedReason, text: string | null): Change =>
  (task) => ({
    ...{ ...task, state: 'failed', ...over(staff_id, at) },
    ...{ reason: AS_CARE[reason] ?? 'other', reason_text: text },
  });

export const unwanted =
  (staff_id: string, at: string, reason: string): Change =>
  (task) =>
    isOpen(task) ? { ...task, state: 'cancelled', ...over(staff_id, at), reason_text: reason } : task;
