/** Who gives whom to whom: the offers that are open, and what can be offered. Pure. */
import type { DutyRow } from '../schemas';
import type { Place } from '../stays/ward';

const MINUTE_MS = 60_000;

/** `asked`: offered to me; `given`: offered by me, or in the ward that I lead; `mine`, `others`: may be offered. */
export type Handover = Record<'asked' | 'given' | 'mine' | 'others', Place[]>;

/** The places of a ward as a handover sees them. `leads`: she may give any patient of the unit away. */
export function handover(places: readonly Place[], staff_id: string | null, leads: boolean): Handover {
  const found: Handover = { asked: [], given: [], mine: [], others: [] };
  for (const place of places) {
    if (!place.stay) continue;
    const to = place.stay.offered_to_staff_id ?? null;
    if (to !== null && to === staff_id) found.asked.push(place);
    else if (!place.mine && !leads) continue;
    else if (to !== null) found.given.push(place);
    else found[place.mine ? 'mine' : 'others'].push(place);
  }
  return found;
}

/** My patients whom a colleague could not take: I am shown so until I offer them again or keep them. */
export function declined(places: readonly Place[]): Place[] {
  return places.filter((place) => place.mine && place.stay?.declined_by_staff_id);
}

/** Who can take patients: on duty in the unit with beds of her own, and not I. */
export function receivers(duties: readonly DutyRow[], staff_id: string | null, unit_id: string): string[] {
  return duties
    .filter((duty) => !duty.ended_at && duty.unit_id === unit_id && duty.staff_id !== staff_id)
    .filter((duty) => duty.post === 'nurse' || duty.post === 'charge')
    .map((duty) => duty.staff_id);
}

/** When an offer that nobody has accepted goes to the person in charge (rule 13), in ms. */
export function toChargeAt(offered_at: string | null | undefined, handover_minutes: number): number | null {
  return offered_at ? Date.parse(offered_at) + handover_minutes * MINUTE_MS : null;
}
