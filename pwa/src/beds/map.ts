/** The beds of a unit as its map shows them: bays, counts, who comes and who goes. Pure. */
import type {
  BedReservationRow,
  BedRow,
  BedStatusRow,
  HeldEntryRow,
  ObservationDutyRow,
  PatientRow,
  StayRow,
} from '../schemas.ts';
import type { RowReader } from '../sync/rows.ts';
import { zoneOf } from '../vitals/planning.ts';
import { type BedState, bedState, standings, UNUSED } from './bed_state.ts';
import { type Counted, countsOf, leavesToday, oldestDirty } from './counts.ts';

/** One bed with what it is made of. `since_ms` null: nobody has used or marked it yet. */
export interface Tile {
  bed: BedRow;
  state: BedState;
  since_ms: number | null;
  mark: BedStatusRow | undefined;
  freed_at: string | null;
  reservation: BedReservationRow | undefined;
  stay: StayRow | undefined;
  /** Its patient is to leave today. */
  going: boolean;
  patient: PatientRow | undefined;
  duty: ObservationDutyRow | undefined;
  /** Who left it last, as long as the tablet knows her. */
  before: { stay: StayRow; patient: PatientRow | undefined } | undefined;
}

/** A patient of the unit who has no bed; `held`: the claim of a bed that needs an answer. */
export interface Waiting {
  stay: StayRow;
  patient: PatientRow | undefined;
  held: HeldEntryRow | undefined;
}

/** A bed that is kept, and for whom; without a patient where she is not on this tablet. */
export interface Kept {
  tile: Tile;
  reservation: BedReservationRow;
  patient: PatientRow | undefined;
}

export interface BedsNow {
  bays: { bay: string; tiles: Tile[] }[];
  tiles: Tile[];
  /** Beds in which somebody lies, or whose patient is on leave. */
  used: number;
  counts: Record<Counted, number>;
  /** The bed that has waited longest to be cleaned. */
  oldest: Tile | undefined;
  waiting: Waiting[];
  kept: Kept[];
  going: Tile[];
}

/** The beds of the unit by the rows of this tablet, at `now` (ms). */
export function bedsNow(store: RowReader, unit_id: string, now: number): BedsNow {
  const tiles = tilesOf(store, unit_id, now);
  const patientOf = (stay: StayRow | undefined) => stay && store.row('patient', stay.patient_id);
  const held = new Map(
    store
      .rows('held_entry')
      .flatMap((one) =>
        one.stay_id && one.reason === 'bed_taken' && !one.resolution ? [[one.stay_id, one]] : [],
      ),
  );
  const waiting = store
    .rows('stay')
    .filter((stay) => stay.unit_id === unit_id && !stay.bed_id && !stay.departed_at)
    .map((stay) => ({ stay, patient: patientOf(stay), held: held.get(stay.stay_id) }));
  const kept = tiles.flatMap((tile) => {
    const { reservation } = tile;
    const patient = patientOf(
      reservation?.for_stay_id ? store.row('stay', reservation.for_stay_id) : undefined,
    );
    return reservation ? [{ tile, reservation, patient }] : [];
  });
  const going = tiles
    .filter((tile) => tile.going)
    .sort((a, b) => leavesAt(a) - leavesAt(b) || a.bed.position - b.bed.position);
  return {
    ...{ bays: baysOf(tiles), tiles, waiting, kept, going },
    used: tiles.filter(({ stay }) => stay).length,
    counts: countsOf(tiles, waiting.length),
    oldest: oldestDirty(tiles),
  };
}

function tilesOf(store: RowReader, unit_id: string, now: number): Tile[] {
  const stands = standings(store, now);
  const time_zone = zoneOf(unit_id, store);
  const inBed = new Map(
    store
      .rows('stay')
      .flatMap((stay) => (stay.bed_id && !stay.departed_at ? [[stay.bed_id, stay] as const] : [])),
  );
  const kept = new Map(
    store
      .rows('bed_reservation')
      .flatMap((one) => (Date.parse(one.until_at) > now ? [[one.bed_id, one] as const] : [])),
  );
  return store
    .rows('bed')
    .filter((bed) => bed.unit_id === unit_id)
    .sort((a, b) => a.position - b.position)
    .map((bed) => {
      const standing = stands.get(bed.bed_id) ?? UNUSED;
      const { state, since_at } = bedState(standing, now);
      const stay = inBed.get(bed.bed_id);
      return {
        ...{
          bed,
          state,
          stay,
          freed_at: standing.freed_at,
          since_ms: since_at ? Date.parse(since_at) : null,
        },
        mark: store.row('bed_status', bed.bed_id),
        going: leavesToday(stay, time_zone, now),
        reservation: kept.get(bed.bed_id),
        patient: stay && store.row('patient', stay.patient_id),
        duty: stay && store.row('observation_duty', stay.stay_id),
        before: stay ? undefined : whoLeft(store, unit_id, standing.freed_at),
      };
    });
}

function whoLeft(store: RowReader, unit_id: string, freed_at: string | null): Tile['before'] {
  const stay = store
    .rows('stay')
    .find(
      (one) => one.unit_id === unit_id && one.departed_at && freed_at && isSame(one.departed_at, freed_at),
    );
  return stay && { stay, patient: store.row('patient', stay.patient_id) };
}
const isSame = (a: string, b: string) => Date.parse(a) === Date.parse(b);

/** Tiles by bay, both in bed order. */
function baysOf(tiles: readonly Tile[]): BedsNow['bays'] {
  const bays = new Map<string, Tile[]>();
  for (const tile of tiles) bays.set(tile.bed.bay, [...(bays.get(tile.bed.bay) ?? []), tile]);
  return [...bays].map(([bay, its]) => ({ bay, tiles: its }));
}

const leavesAt = (tile: Tile) => Date.parse(tile.stay?.departure_planned_at ?? '');

/** How many beds of a bay stand side by side: at most four, in rows as even as can be. */
export const sideBySide = (beds: number) => Math.ceil(beds / Math.ceil(beds / 4));
