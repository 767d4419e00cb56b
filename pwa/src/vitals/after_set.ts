/** What a set does to the open observation until the server says so, as its `charted` does. Pure. */
import type { TaskRow, VitalSignsRow } from '../schemas';
import type { Expected } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { causeOf } from './causes';
import { endsPause, observes, PRESENT } from './duty_state';
import { intervalMinutes, type NextSet, nextSet, type Rhythm } from './intervals';
import {
  atRisk,
  atRiskSince,
  isAtHome,
  knownSets,
  movedTo,
  observationTask,
  openObservation,
  type Plan,
  rhythmOf,
  sickMargins,
} from './planning';
import { asks, governing, missingOf, type Taken, taken } from './taken';

const MINUTE_MS = 60_000;

/** A stay before a set. */
export type Before = { known: readonly Taken[]; open: TaskRow | undefined; rhythm: Rhythm };

/** The stay as it is without one of its sets; undefined where nothing follows: the patient is not here. */
export function beforeOf(stay_id: string, without: string, store: RowReader): Before | undefined {
  const rhythm = rhythmOf(stay_id, store);
  if (!rhythm || store.row('stay', stay_id)?.departed_at) return undefined;
  const known = knownSets(stay_id, store).filter((one) => one.id !== without);
  return { known, open: openObservation(stay_id, store), rhythm };
}

/** The set that is due after this one; undefined when this one is incomplete, late, or the better of two. */
export function following(set: VitalSignsRow, store: RowReader): NextSet | undefined {
  const before = beforeOf(set.stay_id, set.entry_id, store);
  return before && planned(taken(set), before)?.next;
}

/** The open observation is done and the next one planned, so that a tablet without a network still says when. */
export function afterSet(set: VitalSignsRow, store: RowReader): Expected[] {
  const before = beforeOf(set.stay_id, set.entry_id, store);
  const back = returnedBy(set, store);
  if (!before) return isAtHome(store.row('stay', set.stay_id)?.unit_id, store) ? back : [];
  if (back.length === 0 && !isObserved(set, store)) return [];
  return [...back, ...charted(set, before, store)];
}

/** Whether sets are due when this one is said. */
export function isObserved({ stay_id, received_at }: VitalSignsRow, store: RowReader): boolean {
  return observes(store.row('observation_duty', stay_id), Date.parse(received_at));
}

/** The end of the pause during which the set was observed, if it was. */
export function returnedBy(set: VitalSignsRow, store: RowReader): Expected[] {
  const duty = store.row('observation_duty', set.stay_id);
  if (!duty || !endsPause(duty, taken(set), Date.parse(set.received_at))) return [];
  return [{ type: 'observation_duty', id: duty.stay_id, row: { ...duty, ...PRESENT } }];
}

/** What a set plans. `does`: it does what is open; else the same observation goes on under the plan. */
export function charted(set: VitalSignsRow, before: Before, store: RowReader, does = true): Expected[] {
  const one = taken(set);
  if (!one.complete) return keptOpen(set, before, store);
  const found = planned(one, before);
  if (!found) return [];
  const { open, known } = before;
  const next = planBy(set, found.next, atRiskSince(known, found.next));
  if (!open) return [observationTask(next, store)];
  if (!does || !found.governs) return [movedTo(open, next, store)];
  const ended_by_staff_id = set.author_staff_id;
  const done: TaskRow = { ...open, state: 'completed', ended_at: set.observed_at, ended_by_staff_id };
  return [{ type: 'task', id: open.task_id, row: done }, observationTask(next, store)];
}

/** What is due after a complete set; undefined where that changes nothing. */
function planned(
  one: Taken,
  { known, open, rhythm }: Before,
): { next: NextSet; governs: boolean } | undefined {
  const next = one.complete ? nextSet([...known, one], rhythm) : undefined;
  if (!next) return undefined;
  if (next.because.id !== governing(known)?.id) return { next, governs: true };
  const due = open ? Date.parse(open.due_at) : Number.NEGATIVE_INFINITY;
  if (next.due >= due) return undefined;
  // A late set was worse than the one that governs: the interval may not have lengthened so far.
  return { next: { ...next, due: Math.min(due, Math.max(next.due, one.received)) }, governs: false };
}

/** An incomplete set: what is missing is named; one that escalates brings the next set forward, never back. */
function keptOpen(set: VitalSignsRow, { known, open, rhythm }: Before, store: RowReader): Expected[] {
  const one = taken(set);
  if ((governing(known)?.at ?? one.at) > one.at) return [];
  if (!open && returnedBy(set, store).length === 0) return [];
  const missing = missingOf(set);
  const band = one.unobtainable.length > 0 ? 'high' : one.band;
  const minutes = intervalMinutes(band, rhythm, one.at);
  const due = one.at + minutes * MINUTE_MS;
  if (asks(one) && (!open || due < Date.parse(open.due_at))) {
    const next = { ...planBy(set, { because: one, due, minutes, band }), missing };
    return [open ? movedTo(open, next, store) : observationTask(next, store)];
  }
  if (!open) return [];
  const margins = atRisk(band) ? sickMargins(open, store) : {};
  return [{ type: 'task', id: open.task_id, row: { ...open, missing, ...margins } }];
}

function planBy({ entry_id, stay_id, received_at }: VitalSignsRow, next: NextSet, at_risk = false): Plan {
  const { because, due, minutes, band } = next;
  const cause = causeOf(because);
  return { task_id: entry_id, stay_id, cause, planned_at: received_at, due, minutes, band, at_risk };
}
