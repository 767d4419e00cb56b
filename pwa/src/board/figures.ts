/** The five figures of the header: what each counts, and its cases. Pure. */
import { inOrder, isUnanswered } from '../alerts/asked';
import type { AlertRow, TaskRow } from '../schemas';
import type { Place } from '../stays/ward';
import { minutesLate, timing } from '../tasks/task_state';
import { type BedTile, bedsOf } from './beds';
import type { Facts } from './facts';
import { rank } from './sickest';

/** From this score on a registered nurse acts at once (RCP NEWS2, 2017, chart 4). */
const URGENT = 5;

export interface Figures {
  unanswered: AlertRow[];
  overdue: TaskRow[];
  high: Place[];
  unassigned: Place[];
  free: BedTile[];
}

/** The cases behind the figures, the most urgent first; a figure is their number. */
export function figuresOf(facts: Facts): Figures {
  const { alerts, open, here, now_ms } = facts;
  const patients = [...here.values()];
  const overdue = open.filter((task) => timing(task, now_ms) === 'overdue');
  return {
    unanswered: inOrder(alerts.filter(isUnanswered)),
    overdue: overdue.sort((a, b) => minutesLate(b, now_ms) - minutesLate(a, now_ms)),
    high: patients.filter(({ figure }) => (figure ?? 0) >= URGENT).sort((a, b) => rank(b) - rank(a)),
    unassigned: patients.filter((place) => !place.stay?.owner_staff_id),
    free: bedsOf(facts).map.filter((tile) => tile.state === 'free'),
  };
}
