/** Minutes of care that fall due in this hour and in the next, by the standard minutes of each task. Pure. */
import type { TaskRow } from '../schemas';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A row leaves the field out where it is this (shared_schemas/tasks.py). */
const STANDARD_MINUTES = 5;

/** `[this hour, the next]`: minutes counted from now on. */
export type MinutesDue = readonly [number, number];

/** What comes again is counted as often as it falls due; what is late is due in this hour. */
export function minutesDue(tasks: Iterable<TaskRow>, now_ms: number): MinutesDue {
  let [this_hour, next_hour] = [0, 0];
  for (const task of tasks) {
    const minutes = task.standard_minutes ?? STANDARD_MINUTES;
    for (const due_ms of instants(task, now_ms)) {
      if (due_ms < now_ms + HOUR_MS) this_hour += minutes;
      else next_hour += minutes;
    }
  }
  return [this_hour, next_hour];
}

/** When a task and its repeats fall due before the end of the next hour. */
function instants(task: TaskRow, now_ms: number): number[] {
  const due_ms = Date.parse(task.due_at);
  const end_ms = now_ms + 2 * HOUR_MS;
  const found = due_ms < end_ms ? [due_ms] : [];
  const every_ms = (task.interval_minutes ?? 0) * MINUTE_MS;
  if (every_ms <= 0) return found;
  // The next set counts from the last one, so a late one moves it; a slot stands where it stands.
  let at_ms = (task.slot_of ? due_ms : Math.max(due_ms, now_ms)) + every_ms;
  for (; at_ms < end_ms; at_ms += every_ms) if (at_ms >= now_ms) found.push(at_ms);
  return found;
}
