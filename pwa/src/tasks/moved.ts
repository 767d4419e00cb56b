/** What was given to a person lately, and by whom. Pure. */
import type { StayRow, TaskRow } from '../schemas';
import { isOpen } from './task_state';

/** After an hour she knows. */
const TOLD_FOR_MS = 3_600_000;

export interface Moved {
  id: string;
  stay_id: string;
  /** None: the whole patient. */
  task: TaskRow | undefined;
  by_staff_id: string;
  at: string;
}

/** Patients and open tasks that somebody else gave her in the last hour, the newest first. */
export function movedTo(
  staff_id: string | null,
  stays: Iterable<StayRow>,
  tasks: Iterable<TaskRow>,
  now_ms: number,
): Moved[] {
  type Given = Pick<StayRow, 'owner_staff_id' | 'assigned_by_staff_id' | 'assigned_at'>;
  const hers = (one: Given) =>
    staff_id !== null &&
    one.owner_staff_id === staff_id &&
    one.assigned_by_staff_id !== staff_id &&
    now_ms - Date.parse(one.assigned_at ?? '') < TOLD_FOR_MS;
  const found: Moved[] = [];
  const add = (one: Given, id: string, stay_id: string, task?: TaskRow) => {
    const { assigned_by_staff_id: by, assigned_at: at } = one;
    if (by && at && hers(one)) found.push({ id, stay_id, task, by_staff_id: by, at });
  };
  for (const stay of stays) if (!stay.departed_at) add(stay, stay.stay_id, stay.stay_id);
  for (const task of tasks) if (isOpen(task)) add(task, task.task_id, task.stay_id, task);
  return found.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
