/** What a task is at an instant: a function of (task, now), never stored. */
import type { TaskRow } from '../schemas';

/** The reviews of a stop and of a modified response: only a new decision ends them. */
const REVIEWS = new Set<string | null | undefined>(['task.review_stop', 'task.review_response']);

export type Timing = 'later' | 'due' | 'overdue' | 'done' | 'not_done' | 'not_done_by' | 'cancelled';

const ENDED: Record<string, Timing> = { completed: 'done', failed: 'not_done', cancelled: 'cancelled' };

/** `due` begins when care is due soon; `overdue` when its grace has passed. Instants in ms. */
export function timing(task: TaskRow, nowMs: number): Timing {
  const ended = ENDED[task.state];
  // Nobody said why: the slot ended because the next one fell due.
  if (ended === 'not_done' && !task.ended_by_staff_id) return 'not_done_by';
  if (ended) return ended;
  if (nowMs >= Date.parse(task.overdue_at)) return 'overdue';
  if (nowMs >= Date.parse(task.due_soon_at)) return 'due';
  return 'later';
}

/** Whether anybody still has to do it. */
export function isOpen(task: TaskRow): boolean {
  return ENDED[task.state] === undefined;
}

/** Whether it asks a prescriber to look again at a stop or at a modified response. */
export function isReview(task: Pick<TaskRow, 'text_key'>): boolean {
  return REVIEWS.has(task.text_key);
}

/** Minutes past (positive) or before (negative) the due instant, towards zero. */
export function minutesLate(task: TaskRow, nowMs: number): number {
  return Math.trunc((nowMs - Date.parse(task.due_at)) / 60_000);
}
