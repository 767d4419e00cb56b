/** The beds of the unit: how each stands, and how many stand so. Pure. */
import { bedState, UNUSED } from '../beds/bed_state';
import { type Countable, type Counted, countsOf, leavesToday, oldestDirty } from '../beds/counts';
import type { BedRow, StayRow } from '../schemas';
import type { Facts } from './facts';

/** One tile of the map. */
export interface BedTile extends Countable {
  bed: BedRow;
  stay: StayRow | null;
}

export interface Beds {
  map: BedTile[];
  counts: Record<Counted, number>;
  /** How long the oldest dirty bed has waited (ms). */
  oldest_dirty_ms: number | null;
}

type Known = Pick<Facts, 'places' | 'standings' | 'now_ms' | 'time_zone'>;

export function bedsOf({ places, standings, now_ms, time_zone }: Known): Beds {
  const map = places.flatMap(({ bed, stay }): BedTile[] => {
    if (!bed) return [];
    const going = leavesToday(stay, time_zone, now_ms);
    const { state, since_at } = bedState(standings.get(bed.bed_id) ?? UNUSED, now_ms);
    return [{ bed, stay, going, state, since_ms: since_at ? Date.parse(since_at) : null }];
  });
  const waiting = places.filter((place) => !place.bed).length;
  const since_ms = oldestDirty(map)?.since_ms;
  return {
    map,
    counts: countsOf(map, waiting),
    oldest_dirty_ms: since_ms ? now_ms - since_ms : null,
  };
}
