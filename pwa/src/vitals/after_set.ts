/** What a set does to the open observation until the server says so, as its `charting` and `correct` do. Pure. */
import news2 from '$shared/reference/news2.json';
import type { Band, TaskRow, VitalSignsRow } from '../schemas';
import type { Expected } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { policyOf } from '../tasks/margins';
import { replanned } from './duty_rules';
import { governing, intervalMinutes, type NextSet, nextSet, type Taken, taken } from './intervals';
import { atRisk, knownSets, observationTask, openObservation, rhythmOf, sickMargins } from './planning';
import { alertClass, isUnobtainable } from './response';

const MINUTE_MS = 60_000;

/** Who says it, by which entry, and when. */
type Said = { entry_id: string; staff_id: string; recorded_at: string };

/** The set that is due after this one; undefined when this one is incomplete, late, or the better of two. */
export function following(set: VitalSignsRow, store: RowReader): NextSet | undefined {
  const rhythm = rhythmOf(set.stay_id, store);
  if (!rhythm) return undefined;
  const others = knownSets(set.stay_id, store).filter((one) => one.id !== set.entry_id);
  const found = nextSet([...others, taken(set)], rhythm);
  return found?.because.id === set.entry_id ? found : undefined;
}

/** The open observation is done and the next one planned, so that a tablet without a network still says when. */
export function afterSet(set: VitalSignsRow, staff_id: string, store: RowReader): Expected[] {
  const { entry_id, stay_id, observed_at } = set;
  const open = openObservation(stay_id, store);
  if (!open || open.planned_at > observed_at) return [];
  if (!taken(set).complete) return keptOpen(set, open, knownSets(stay_id, store), observed_at, store);
  const found = following(set, store);
  if (!found) return [];
  const next = { task_id: entry_id, stay_id, cause: open.cause, planned_at: observed_at, ...found };
  const ended = { state: 'completed' as const, ended_at: observed_at, ended_by_staff_id: staff_id };
  return [{ type: 'task', id: open.task_id, row: { ...open, ...ended } }, observationTask(next, store)];
}

/** The plan after `original` gave way to `set`; without one it was struck out. The server's own plan stands. */
export function afterCorrection(
  original: VitalSignsRow,
  set: VitalSignsRow | undefined,
  said: Said,
  store: RowReader,
): Expected[] {
  const { stay_id } = original;
  const open = openObservation(stay_id, store);
  const rhythm = rhythmOf(stay_id, store);
  if (!open || !rhythm) return [];
  const left = knownSets(stay_id, store).filter((one) => one.id !== original.entry_id);
  const right = set && taken(set);
  const all = right ? [...left, right] : left;
  const found = right?.complete ? nextSet(all, rhythm) : undefined;
  if (found && found.because.id !== governing(left)?.id) return superseded(open, found, [], said, store);
  if (found && found.due < Date.parse(open.due_at)) {
    // A late set was worse than the one that governs: the interval may not have lengthened so far.
    const due = Math.min(Date.parse(open.due_at), Math.max(found.due, Date.parse(said.recorded_at)));
    return superseded(open, { ...found, due }, [], said, store);
  }
  const kept = set && !right?.complete ? keptOpen(set, open, left, said.recorded_at, store) : [];
  if (kept.some((one) => one.id === said.entry_id)) return kept;
  const without = planWithout(taken(original), all, open, said, store);
  return without.length > 0 ? without : kept;
}

/** When the corrected set governed, the next set follows from the one that governs now, or is a first set again. */
function planWithout(
  original: Taken,
  left: readonly Taken[],
  open: TaskRow,
  said: Said,
  store: RowReader,
): Expected[] {
  const { stay_id } = open;
  const governs = governing(left);
  if (governing([...left, original])?.id === governs?.id) return [];
  const word = { entry_id: said.entry_id, staff_id: said.staff_id, at: said.recorded_at };
  if (governs) return replanned(store.row('observation_duty', stay_id) ?? { stay_id }, word, store, left);
  const arrived_at = store.row('stay', stay_id)?.arrived_at ?? said.recorded_at;
  const first = Date.parse(arrived_at) + policyOf(stay_id, store).observation.first_set_minutes * MINUTE_MS;
  const cause = { cause_type: 'admission' as const, cause_id: stay_id, text_key: 'cause.first_set' };
  const due = Math.max(first, Date.parse(said.recorded_at));
  return superseded({ ...open, cause }, { due, band: null }, [], said, store);
}

/** An incomplete set: what is missing is named; one that escalates brings the next set forward, never back. */
function keptOpen(
  set: VitalSignsRow,
  open: TaskRow,
  known: readonly Taken[],
  recorded_at: string,
  store: RowReader,
): Expected[] {
  const one = taken(set);
  const rhythm = rhythmOf(set.stay_id, store);
  if (!rhythm || (governing(known)?.at ?? one.at) > one.at) return [];
  const missing = missingOf(set);
  const unobtainable = isUnobtainable(set.values);
  const band: Band | null = unobtainable ? 'high' : one.band;
  const minutes = intervalMinutes(band, rhythm, one.at);
  const due = one.at + minutes * MINUTE_MS;
  const alerts = unobtainable || alertClass(set.score) !== null;
  const said = { entry_id: set.entry_id, staff_id: set.author_staff_id, recorded_at };
  if (alerts && due < Date.parse(open.due_at))
    return superseded(open, { due, minutes, band }, missing, said, store);
  const margins = atRisk(band) ? sickMargins(open, store) : {};
  return [{ type: 'task', id: open.task_id, row: { ...open, missing, ...margins } }];
}

function superseded(
  open: TaskRow,
  { due, minutes, band }: { due: number; minutes?: number; band: Band | null },
  missing: string[],
  { entry_id, recorded_at }: Said,
  store: RowReader,
): Expected[] {
  const { stay_id, cause } = open;
  const next = { task_id: entry_id, stay_id, cause, planned_at: recorded_at, due, minutes, band, missing };
  const row = { ...open, state: 'cancelled' as const, ended_at: recorded_at };
  return [{ type: 'task', id: open.task_id, row }, observationTask(next, store)];
}

/** What the observation still asks for; without a score a sign with its reason is not missing. */
function missingOf({ score, values }: VitalSignsRow): string[] {
  if (!score.no_score) return score.missing ?? [];
  const excused = new Set<string>(values.not_done?.map((one) => one.parameter));
  return Object.entries(news2.parameters)
    .filter(
      ([name, { field }]) => (values[field as keyof typeof values] ?? null) === null && !excused.has(name),
    )
    .map(([name]) => name);
}
