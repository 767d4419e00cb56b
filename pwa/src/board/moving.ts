/** What a move of a patient or a task does to the minutes of two people. Pure. */
import type { TaskRow } from '../schemas';
import type { Place } from '../stays/ward';
import type { Load } from './drowning';
import type { Facts } from './facts';
import { type MinutesDue, minutesDue } from './minutes_due';

export type Moving = { place: Place; task?: undefined } | { task: TaskRow; place?: undefined };

/** Work that goes along: of a patient all that nobody has claimed. */
function goesAlong({ place, task }: Moving, { open }: Facts): TaskRow[] {
  if (task) return [task];
  return open.filter((one) => one.stay_id === place.stay?.stay_id && !one.owner_staff_id);
}

export interface Receiver {
  load: Load;
  /** Minutes of the receiver, and of who gives, when it has moved. */
  hers: MinutesDue;
  givers: MinutesDue;
}

/** Who could take it, the least loaded first, who is on a break last: for a patient nurses on duty, for a task anybody. */
export function receivers(moving: Moving, giver: Load, loads: readonly Load[], facts: Facts): Receiver[] {
  const along = goesAlong(moving, facts);
  const left = giver.tasks.filter((task) => !along.includes(task));
  const posts = moving.place ? ['nurse', 'charge'] : ['nurse', 'charge', 'assistant'];
  return loads
    .filter(
      (load) => load.staff_id !== null && load.id !== giver.id && load.turn && posts.includes(load.turn.post),
    )
    .map((load) => ({
      load,
      hers: minutesDue([...load.tasks, ...along], facts.now_ms),
      givers: minutesDue(left, facts.now_ms),
    }))
    .sort(
      (a, b) =>
        Number(a.load.on_break) - Number(b.load.on_break) ||
        a.hers[0] - b.hers[0] ||
        a.load.id.localeCompare(b.load.id),
    );
}
