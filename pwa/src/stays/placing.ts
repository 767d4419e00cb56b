/** Where entries will have put patients, before the server says so: who lies where, which bed was left when. Pure. */
import type { PlacementKind, StayRow } from '../schemas';
import type { Expected, OptimisticRules, Saved } from '../sync/overlay';
import type { RowReader } from '../sync/rows';

type Word = Pick<Saved, 'entry_id'> & { at: string; how: PlacementKind };

const NO_BED = { bed_id: null, bed_since_at: null };
const NO_OFFER = {
  ...{ offered_to_staff_id: null, offered_at: null },
  ...{ declined_by_staff_id: null, declined_at: null },
};
const NOT_PLACED = { placed_entry_id: null, placed_how: null, placed_at: null };

const later = (a: string, b: string | null | undefined) => (b && Date.parse(b) > Date.parse(a) ? b : a);
const isSame = (a: string | null | undefined, b: string | null | undefined) =>
  Boolean(a && b && Date.parse(a) === Date.parse(b));

function changed(stay: StayRow, change: Partial<StayRow>): Expected {
  return { type: 'stay', id: stay.stay_id, row: { ...stay, ...change } };
}

function placed({ entry_id, how, at }: Word): Partial<StayRow> {
  return { placed_entry_id: entry_id, placed_how: how, placed_at: at };
}

/** Another patient lies in the bed. */
function isTaken(bed_id: string, stay_id: string, store: RowReader): boolean {
  return store
    .rows('stay')
    .some((stay) => stay.bed_id === bed_id && !stay.departed_at && stay.stay_id !== stay_id);
}

/** The bed that a stay leaves is dirty from then on. */
function left(stay: StayRow, at: string): Expected[] {
  const { bed_id, unit_id, bed_since_at } = stay;
  if (!bed_id) return [];
  return [{ type: 'bed_use', id: bed_id, row: { bed_id, unit_id, freed_at: later(at, bed_since_at) } }];
}

/** No placement counts from before the patient's last one. */
const countsFrom = (stay: StayRow, at: string) => later(later(at, stay.arrived_at), stay.bed_since_at);

/** The stay lies in the bed, whose nurse answers for it; its reservation ends, or somebody else's is told. */
function lies(stay: StayRow, bed_id: string, word: Word, store: RowReader): Expected[] {
  const bed_since_at = later(countsFrom(stay, word.at), store.row('bed_use', bed_id)?.freed_at);
  const nurse = store
    .rows('duty')
    .filter((duty) => !duty.ended_at && duty.bed_ids.includes(bed_id))
    .sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at))[0];
  const owner_staff_id = nurse?.staff_id ?? stay.owner_staff_id ?? null;
  const kept = store
    .rows('bed_reservation')
    .find((one) => one.bed_id === bed_id && Date.parse(one.until_at) > Date.parse(word.at));
  const told = kept?.for_stay_id === stay.stay_id ? null : kept && { ...kept, overtaken_at: word.at };
  return [
    changed(stay, { bed_id, bed_since_at, owner_staff_id, ...placed(word) }),
    ...(kept && told !== undefined
      ? [{ type: 'bed_reservation' as const, id: kept.reservation_id, row: told }]
      : []),
  ];
}

/** A stay of this tablet that the entry has not placed yet: once the server has it, its word stands. */
function standing(stay_id: string, entry_id: string, store: RowReader): StayRow | undefined {
  const stay = store.row('stay', stay_id);
  return stay && !stay.departed_at && stay.placed_entry_id !== entry_id ? stay : undefined;
}

/** The stay's rows leave this tablet. */
function gone(stay: StayRow, store: RowReader): Expected[] {
  const tasks = store.rows('task').filter((task) => task.stay_id === stay.stay_id);
  return [
    { type: 'stay', id: stay.stay_id, row: null },
    { type: 'patient', id: stay.patient_id, row: null },
    { type: 'observation_duty', id: stay.stay_id, row: null },
    ...tasks.map(({ task_id }) => ({ type: 'task' as const, id: task_id, row: null })),
  ];
}

/** Something was charted in the stay, or somebody is asked about it in red. */
function wasOfSomebody(stay_id: string, store: RowReader): boolean {
  const charted = store
    .rows('vital_signs')
    .some((set) => set.stay_id === stay_id && !set.superseded_by && !set.entered_in_error);
  const asked = store
    .rows('alert')
    .some((alert) => alert.stay_id === stay_id && alert.alert_class === 'red' && !alert.ended_at);
  return charted || asked;
}

/** As it was before its latest placement: in the bed that it left then, unless somebody lies there now. */
function asItWas(stay: StayRow, store: RowReader): Expected[] {
  const was = store
    .rows('bed_use')
    .find((use) => use.unit_id === stay.unit_id && isSame(use.freed_at, stay.placed_at));
  const bed_id = was && !isTaken(was.bed_id, stay.stay_id, store) ? was.bed_id : null;
  // Since when it had lain there only the server knows.
  const bed_since_at = bed_id ? stay.arrived_at : null;
  return [changed(stay, { bed_id, bed_since_at, departed_at: null, ...NOT_PLACED })];
}

export const PLACING_RULES: OptimisticRules = {
  patient_admitted: ({ entry_id, body }, store) => {
    const { stay_id, patient_id, unit_id, bed_id, observed_at: at } = body;
    if (store.row('stay', stay_id)) return [];
    const word = { entry_id, at, how: 'admission' as const };
    const stay: StayRow = {
      ...{ stay_id, patient_id, unit_id, ...NO_BED, admitted_at: at, arrived_at: at },
      ...{ pregnant: body.pregnant ?? false, isolation: body.isolation ?? false, owner_staff_id: null },
      ...placed(word),
    };
    const patient: Expected = {
      type: 'patient',
      id: patient_id,
      row: { patient_id, stay_id, ...body.patient },
    };
    const there =
      bed_id && !isTaken(bed_id, stay_id, store) ? lies(stay, bed_id, word, store) : [changed(stay, {})];
    return [patient, ...there];
  },
  bed_assigned: ({ entry_id, body }, store) => {
    const stay = standing(body.stay_id, entry_id, store);
    const { bed_id, observed_at: at } = body;
    if (!stay || (stay.bed_id ?? null) === bed_id) return [];
    const word = { entry_id, at, how: 'bed' as const };
    if (!bed_id) return [...left(stay, at), changed(stay, { ...NO_BED, ...placed(word) })];
    return isTaken(bed_id, stay.stay_id, store)
      ? []
      : [...left(stay, at), ...lies(stay, bed_id, word, store)];
  },
  beds_swapped: ({ entry_id, body }, store) => {
    const one = standing(body.stay_id, entry_id, store);
    const other = standing(body.other_stay_id, entry_id, store);
    // Version 1, from before an update, named no beds: those that the two have.
    const [bed_id, other_bed_id] = [body.bed_id ?? one?.bed_id, body.other_bed_id ?? other?.bed_id];
    if (!one || !other || !bed_id || !other_bed_id) return [];
    if (one.bed_id !== bed_id || other.bed_id !== other_bed_id) return [];
    const at = later(later(body.observed_at, one.bed_since_at), other.bed_since_at);
    const word = { entry_id, at, how: 'swap' as const };
    const moved = [...lies(one, other_bed_id, word, store), ...lies(other, bed_id, word, store)];
    return [...left(one, at), ...left(other, at), ...moved.filter((each) => each.type === 'stay')];
  },
  patient_discharged: ({ entry_id, body }, store) => {
    const stay = standing(body.stay_id, entry_id, store);
    if (!stay) return [];
    const at = countsFrom(stay, body.observed_at);
    const word = { entry_id, at, how: 'discharge' as const };
    return [...left(stay, at), changed(stay, { departed_at: at, ...NO_BED, ...NO_OFFER, ...placed(word) })];
  },
  patient_transferred: ({ entry_id, body }, store) => {
    const stay = standing(body.stay_id, entry_id, store);
    if (!stay || stay.unit_id === body.to_unit_id) return [];
    const at = countsFrom(stay, body.observed_at);
    const word = { entry_id, at, how: 'transfer' as const };
    // The server takes its rows from this unit; until then it has departed.
    return [...left(stay, at), changed(stay, { departed_at: at, ...NO_BED, ...NO_OFFER, ...placed(word) })];
  },
  placement_cancelled: ({ body }, store) => {
    const stays = store.rows('stay').filter((stay) => stay.placed_entry_id === body.cancels);
    const [one, other] = stays;
    if (!one || !stays.some((stay) => stay.stay_id === body.stay_id)) return [];
    if (other) {
      const back = (stay: StayRow, bed_id: string | null | undefined) =>
        changed(stay, { bed_id: bed_id ?? null, bed_since_at: stay.arrived_at, ...NOT_PLACED });
      return [back(one, other.bed_id), back(other, one.bed_id)];
    }
    // An admission under which something was charted waits for a person's answer; nobody's sets are hidden.
    if (one.placed_how === 'admission' && wasOfSomebody(one.stay_id, store)) return [];
    const came = one.placed_how === 'admission' || (one.placed_how === 'transfer' && !one.departed_at);
    return came ? gone(one, store) : asItWas(one, store);
  },
};
