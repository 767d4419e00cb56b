/** The beds of the unit: how each stands, and how many stand so. Pure. */
import { type BedState, bedState } from '../beds/bed_state';
import type { BedRow, StayRow } from '../schemas';
import type { Facts } from './facts';

/** One tile of the map. `going`: its patient's departure is planned for today. */
export interface BedTile {
  bed: BedRow;
  state: BedState;
  since_ms: number | null;
  stay: StayRow | null;
  going: boolean;
}

/** The figures above the map, in this order; `coming`: patients who wait for a bed. */
export const COUNTED = ['free', 'dirty', 'cleaning', 'reserved', 'blocked', 'going', 'coming'] as const;
export type Counted = (typeof COUNTED)[number];

export interface Beds {
  map: BedTile[];
  counts: Record<Counted, number>;
  /** How long the oldest dirty bed has waited (ms). */
  oldest_dirty_ms: number | null;
}

type Known = Pick<Facts, 'places' | 'standings' | 'now_ms' | 'byTonight'>;

export function bedsOf({ places, standings, now_ms, byTonight }: Known): Beds {
  const map = places.flatMap(({ bed, stay }): BedTile[] => {
    if (!bed) return [];
    const going = Boolean(stay?.departure_planned_at && byTonight(stay.departure_planned_at));
    const { state, since_at } = bedState(standings.get(bed.bed_id) ?? UNKNOWN, now_ms);
    return [{ bed, stay, going, state, since_ms: since_at ? Date.parse(since_at) : null }];
  });
  const count = (state: BedState) => map.filter((tile) => tile.state === state).length;
  const dirty = map.flatMap((tile) => (tile.state === 'dirty' && tile.since_ms ? [tile.since_ms] : []));
  return {
    map,
    counts: {
      free: count('free'),
      dirty: count('dirty'),
      cleaning: count('cleaning'),
      reserved: count('reserved'),
      blocked: count('blocked') + count('closed'),
      going: map.filter((tile) => tile.going).length,
      coming: places.filter((place) => !place.bed).length,
    },
    oldest_dirty_ms: dirty.length ? now_ms - Math.min(...dirty) : null,
  };
}

/** A bed of which no row tells: nobody lies in it. */
const UNKNOWN = { lying: null, marked: null, freed_at: null, reserved: null };
