/** What a correction does to the open observation until the server says so, as its `correct` does. Pure. */
import type { TaskRow, VitalSignsRow } from '../schemas';
import type { Expected } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { policyOf } from '../tasks/margins';
import { type Before, beforeOf, charted, isObserved, returnedBy } from './after_set';
import { movedTo, observationTask } from './planning';
import { replanned, type Word } from './replanning';
import { governing, type Taken, taken } from './taken';

const MINUTE_MS = 60_000;

/** The plan after `original` gave way to `set`; without one it was struck out. */
export function afterCorrection(
  original: VitalSignsRow,
  set: VitalSignsRow | undefined,
  word: Word,
  store: RowReader,
): Expected[] {
  const before = beforeOf(original.stay_id, original.entry_id, store);
  if (!before) return [];
  const back = set ? returnedBy(set, store) : [];
  if (back.length === 0 && !isObserved({ ...original, received_at: word.recorded_at }, store)) return [];
  const was = taken(original);
  if (!set) return planWithout(was, before, word, store);
  if (!taken(set).complete) {
    // What an incomplete set says is said of the plan that is left without the one that was complete.
    const left = back.length === 0 ? planWithout(was, before, word, store) : [];
    const open = (left.at(-1)?.row as TaskRow | undefined) ?? before.open;
    return [...back, ...left, ...charted(set, { ...before, open }, store)];
  }
  // What the set before it did is done; the task that is open followed from it.
  const planned = charted(set, before, store, !was.complete);
  if (planned.length > 0) return [...back, ...planned];
  return [...back, ...planWithout(was, { ...before, known: [...before.known, taken(set)] }, word, store)];
}

/** When the corrected set governed, the next set follows from the one that governs now, or is a first set again. */
function planWithout(was: Taken, { known, open }: Before, word: Word, store: RowReader): Expected[] {
  const governs = governing(known);
  if (governing([...known, was])?.id === governs?.id) return [];
  const { stay_id, entry_id: task_id, recorded_at: planned_at } = word;
  const now = Date.parse(planned_at);
  if (governs) return replanned(word, store, { sets: known, not_before: now, stays_overdue: false });
  const arrived_at = store.row('stay', stay_id)?.arrived_at ?? planned_at;
  const first = Date.parse(arrived_at) + policyOf(stay_id, store).observation.first_set_minutes * MINUTE_MS;
  const text_params = { arrived_at };
  const cause = {
    cause_type: 'admission' as const,
    cause_id: stay_id,
    text_key: 'cause.first_set',
    text_params,
  };
  const due = Math.max(first, open ? Math.min(now, Date.parse(open.due_at)) : now);
  const plan = { task_id, stay_id, cause, planned_at, due, band: null };
  return [open ? movedTo(open, plan, store) : observationTask(plan, store)];
}
