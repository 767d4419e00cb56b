/** How the beds of a unit are counted, by its map and by its board alike. Pure. */
import { dayAt } from '../app/days.ts';
import type { StayRow } from '../schemas.ts';
import type { BedState } from './bed_state.ts';

/** In this order; `going`: planned to leave today; `coming`: who waits for a bed. */
export const COUNTED = ['free', 'dirty', 'cleaning', 'reserved', 'blocked', 'going', 'coming'] as const;
export type Counted = (typeof COUNTED)[number];

/** What of a bed is counted; `since_ms` null: nobody has used or marked it yet. */
export interface Countable {
  state: BedState;
  since_ms: number | null;
  going: boolean;
}

/** The figures; `waiting` patients have no bed. Whom a bed is kept for is counted by that bed, and by nothing else. */
export function countsOf(beds: readonly Countable[], waiting: number): Record<Counted, number> {
  const count = (...states: BedState[]) => beds.filter(({ state }) => states.includes(state)).length;
  return {
    free: count('free'),
    dirty: count('dirty'),
    cleaning: count('cleaning'),
    reserved: count('reserved'),
    blocked: count('blocked', 'closed'),
    going: beds.filter(({ going }) => going).length,
    coming: waiting,
  };
}

/** Whether a patient is to leave on the unit's day of `now` (ms), or was to leave before it and is still here. */
export function leavesToday(
  stay: Pick<StayRow, 'departure_planned_at'> | null | undefined,
  time_zone: string,
  now: number,
): boolean {
  const at = stay?.departure_planned_at;
  return at !== null && at !== undefined && dayAt(at, time_zone) <= dayAt(now, time_zone);
}

/** The bed that has waited longest to be cleaned. */
export function oldestDirty<Bed extends Countable>(beds: readonly Bed[]): Bed | undefined {
  return beds
    .filter(({ state }) => state === 'dirty')
    .sort((a, b) => (a.since_ms ?? 0) - (b.since_ms ?? 0))[0];
}
