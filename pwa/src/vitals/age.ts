/** How old a patient is, by the day of the ward where she lies: an age turns at its midnight. Pure. */
import { dayAt } from '../app/days';
import type { PatientRow } from '../schemas';
import type { RowReader } from '../sync/rows';
import { zoneOf } from './planning';

/** Whole years by the calendar birthday; both days as YYYY-MM-DD. */
export function ageYears(bornOn: string, on: string): number {
  const years = Number(on.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return on.slice(5) < bornOn.slice(5) ? years - 1 : years;
}

/** Whole years at an instant, by the calendar of a time zone. */
export function ageAt(bornOn: string, at: string | number, zone: string): number {
  return ageYears(bornOn, dayAt(at, zone));
}

/** Whole years at an instant on the ward of this patient. */
export function ageOf(
  { born_on, stay_id }: Pick<PatientRow, 'born_on' | 'stay_id'>,
  at: string | number,
  store: RowReader,
): number {
  return ageAt(born_on, at, zoneOf(store.row('stay', stay_id)?.unit_id, store));
}
