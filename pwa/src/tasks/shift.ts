/** The order of "My shift": overdue by score, then lateness; the rest by due time. */
import type { TaskRow } from '../schemas';
import { isOpen, minutesLate, timing } from './task_state';

/** Later care than this is not today's list; the timeline shows the same window. */
export const AHEAD_MS = 2 * 3_600_000;

/** A stay with the figure that ranks it: the score, or its lower bound; null when never scored. */
export interface Ranked {
  stay_id: string;
  score: number | null;
}

/** Open tasks of `stays` to be shown at `nowMs`: overdue ones first (sickest, then latest), then by due instant. */
export function shiftList(tasks: Iterable<TaskRow>, stays: Iterable<Ranked>, nowMs: number): TaskRow[] {
  const score = new Map([...stays].map((stay) => [stay.stay_id, stay.score ?? -1]));
  const mine = [...tasks].filter(
    (task) => isOpen(task) && score.has(task.stay_id) && Date.parse(task.due_at) <= nowMs + AHEAD_MS,
  );
  const late = mine.filter((task) => timing(task, nowMs) === 'overdue');
  const rest = mine.filter((task) => timing(task, nowMs) !== 'overdue');
  late.sort(
    (a, b) =>
      (score.get(b.stay_id) ?? -1) - (score.get(a.stay_id) ?? -1) ||
      minutesLate(b, nowMs) - minutesLate(a, nowMs) ||
      a.task_id.localeCompare(b.task_id),
  );
  rest.sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at) || a.task_id.localeCompare(b.task_id));
  return [...late, ...rest];
}

/** Stays sickest first for the timeline; a stay never scored comes before a calm one (its score is unknown). */
export function sickestFirst<T extends Ranked>(stays: Iterable<T>): T[] {
  const rank = (stay: Ranked) => stay.score ?? 4.5;
  return [...stays].sort((a, b) => rank(b) - rank(a) || a.stay_id.localeCompare(b.stay_id));
}
