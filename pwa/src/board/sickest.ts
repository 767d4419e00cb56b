/** "Who is sickest": six patients in full, the rest as tiles in bed order. Pure. */
import type { Place } from '../stays/ward';
import { minutesLate } from '../tasks/task_state';
import type { Facts } from './facts';

export const ROWS = 6;
/** A patient who was never scored stands above NEWS2 0-4 and below 5. */
const NEVER_SCORED = 4.5;

export interface Sickest {
  rows: Place[];
  tiles: Place[];
}

/** The figure that ranks a patient: the score or its lower bound; unknown is not calm. */
export function rank({ figure }: Pick<Place, 'figure'>): number {
  return figure ?? NEVER_SCORED;
}

/** By score, then a patient who was never observed, then a single 3, then lateness, then bed order. */
export function sickestOf({ places, now_ms }: Facts): Sickest {
  const patients = places.filter((place) => place.stay !== null);
  const late = (place: Place) => (place.task ? minutesLate(place.task, now_ms) : Number.NEGATIVE_INFINITY);
  const inOrder = [...patients].sort(
    (a, b) =>
      rank(b) - rank(a) ||
      Number(a.set !== null) - Number(b.set !== null) ||
      Number(b.set?.score.single_3 ?? false) - Number(a.set?.score.single_3 ?? false) ||
      late(b) - late(a) ||
      patients.indexOf(a) - patients.indexOf(b),
  );
  const rows = inOrder.slice(0, ROWS);
  return { rows, tiles: patients.filter((place) => !rows.includes(place)) };
}
