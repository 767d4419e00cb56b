/** Which answers to a task the server will take, so that no other is offered. Pure. */
import type { TaskRow } from '../schemas';
import { isOpen, isReview, timing } from './task_state';

const MINUTE_MS = 60_000;
const LATER_MINUTES = [15, 30, 60];
/** Ended by what is charted, not by a tick or a cancel. */
const CHARTED = new Set<TaskRow['kind']>(['observation', 'response']);

export type Answers = {
  claim: boolean;
  /** Minutes by which it can be put off. */
  later: number[];
  not_done: boolean;
  cancel: boolean;
};

/** Whose answer: `plans`, she is a registered nurse here; `red`: a red alert about it is not ended. */
export type Asked = { plans: boolean; red: boolean; at_ms: number };

/** The instant to which care is put off: from now on where it is due already. */
export function laterAt(task: TaskRow, minutes: number, at_ms: number): number {
  return Math.max(at_ms, Date.parse(task.due_at)) + minutes * MINUTE_MS;
}

export function answersTo(task: TaskRow, { plans, red, at_ms }: Asked): Answers {
  // The visit alone changes its task.
  if (!isOpen(task) || task.kind === 'home_visit')
    return { claim: false, later: [], not_done: false, cancel: false };
  const charted = CHARTED.has(task.kind);
  const review = isReview(task);
  return {
    claim: !task.owner_staff_id,
    later: plans && !charted ? later(task, at_ms) : [],
    // An observation keeps the reason and stays due; a red answer stays wanted; a response is a registered nurse's.
    // The review of a stop is ended by a prescriber's new decision alone.
    not_done: !review && (task.kind === 'observation' || (!red && (plans || task.kind !== 'response'))),
    cancel: plans && !charted && !review,
  };
}

/** Once, before it is overdue, and never past the next slot of recurring care. */
function later(task: TaskRow, at_ms: number): number[] {
  if (task.state === 'on-hold' || timing(task, at_ms) === 'overdue' || isReview(task)) return [];
  const slot = task.slot_of && task.interval_minutes;
  const next_slot = slot ? Date.parse(task.due_at) + slot * MINUTE_MS : Number.POSITIVE_INFINITY;
  return LATER_MINUTES.filter((minutes) => laterAt(task, minutes, at_ms) < next_slot);
}
