/** The state of a bed, as the server derives it (backend/beds/rules/state.py): who lies there, the last mark, the last departure. Pure. */
import type { Readiness } from '../schemas.ts';
import type { RowReader } from '../sync/rows.ts';

/** A readiness shows as itself, but `clean` is free or reserved. */
export type BedState = Exclude<Readiness, 'clean'> | 'free' | 'reserved' | 'occupied' | 'on_leave';

/** What a bed's state follows from; instants as text. */
export type Standing = {
  lying: { since_at: string; on_leave_at: string | null } | null;
  marked: { readiness: Readiness; at: string } | null;
  freed_at: string | null;
  reserved: { at: string; until_at: string } | null;
};

/** A bed that nobody has used, marked or reserved. */
export const UNUSED: Standing = { lying: null, marked: null, freed_at: null, reserved: null };

/** A state and its clock; null: a bed that nobody has used or marked is free for ever. */
export type StateSince = { state: BedState; since_at: string | null };

const isBefore = (a: string, b: string) => Date.parse(a) < Date.parse(b);

/** The state of a bed at `now` (ms): a patient in it comes first, then out of use, then what the last patient left behind. */
export function bedState({ lying, marked, freed_at, reserved }: Standing, now: number): StateSince {
  if (lying?.on_leave_at) return { state: 'on_leave', since_at: lying.on_leave_at };
  if (lying) return { state: 'occupied', since_at: lying.since_at };
  if (marked?.readiness === 'closed' || marked?.readiness === 'blocked') {
    return { state: marked.readiness, since_at: marked.at };
  }
  if (freed_at && (!marked || !isBefore(freed_at, marked.at))) return { state: 'dirty', since_at: freed_at };
  if (marked && marked.readiness !== 'clean') return { state: marked.readiness, since_at: marked.at };
  const clean_at = marked?.at ?? null;
  if (reserved && Date.parse(reserved.until_at) > now) {
    const later = clean_at && isBefore(reserved.at, clean_at) ? clean_at : reserved.at;
    return { state: 'reserved', since_at: later };
  }
  return { state: 'free', since_at: clean_at };
}

/** How each bed of the unit stands by the rows of this tablet, at `now` (ms). */
export function standings(store: RowReader, now: number): Map<string, Standing> {
  const found = new Map<string, Standing>();
  for (const { bed_id } of store.rows('bed')) {
    const status = store.row('bed_status', bed_id);
    found.set(bed_id, {
      ...UNUSED,
      marked: status ? { readiness: status.readiness, at: status.marked_at } : null,
      freed_at: store.row('bed_use', bed_id)?.freed_at ?? null,
    });
  }
  for (const { bed_id, reserved_at, until_at } of store.rows('bed_reservation')) {
    const bed = found.get(bed_id);
    if (bed && Date.parse(until_at) > now) bed.reserved = { at: reserved_at, until_at };
  }
  for (const stay of store.rows('stay')) {
    const bed = stay.bed_id && !stay.departed_at ? found.get(stay.bed_id) : undefined;
    if (!bed) continue;
    const duty = store.row('observation_duty', stay.stay_id);
    const on_leave_at = duty?.pause_reason === 'leave' ? (duty.paused_at ?? null) : null;
    bed.lying = { since_at: stay.bed_since_at ?? stay.arrived_at, on_leave_at };
  }
  return found;
}
