/** The next set as it is due after a decision, not a set, as the server's `replan` plans it. Pure. */
import type { ObservationDutyRow } from '../schemas';
import type { Expected } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { causeOf } from './causes';
import { observes } from './duty_state';
import { nextSet } from './intervals';
import {
  atRiskSince,
  knownSets,
  movedTo,
  observationTask,
  openObservation,
  type Plan,
  rhythmOf,
} from './planning';
import type { Taken } from './taken';

const MINUTE_MS = 60_000;

/** Who says it of whom, when it was true and when it was said. */
export type Word = { entry_id: string; stay_id: string; staff_id: string; at: string; recorded_at: string };

type How = {
  duty?: ObservationDutyRow | undefined;
  sets?: readonly Taken[];
  /** Nobody can be late for a set that was wanted only now, in ms. */
  not_before: number;
  /** False when the set that it followed was wrong. */
  stays_overdue?: boolean;
};

/** What is overdue stays so until a complete set or a pause (rule 9); what was missing stays missing. */
export function replanned(word: Word, store: RowReader, how: How): Expected[] {
  const { stay_id, entry_id: task_id, recorded_at: planned_at } = word;
  const { not_before, stays_overdue = true } = how;
  const duty = how.duty ?? store.row('observation_duty', stay_id);
  const sets = how.sets ?? knownSets(stay_id, store);
  const rhythm = rhythmOf(stay_id, store, duty);
  const open = openObservation(stay_id, store);
  const now = Date.parse(planned_at);
  if (!rhythm || store.row('stay', stay_id)?.departed_at || !observes(duty, now)) return [];
  const next = nextSet(sets, rhythm);
  const base = { task_id, stay_id, planned_at, at_risk: atRiskSince(sets, next) };
  let plan: Plan;
  if (next) {
    const { because, minutes, band } = next;
    const overdue = stays_overdue && open !== undefined && Date.parse(open.overdue_at) <= now;
    const wanted = open ? Math.min(not_before, Date.parse(open.due_at)) : not_before;
    const due = overdue ? Date.parse(open.due_at) : Math.max(next.due, wanted);
    plan = { ...base, cause: causeOf(because), due, minutes, band, missing: open?.missing };
  } else if (open && duty?.interval_minutes) {
    const asked = not_before + duty.interval_minutes * MINUTE_MS;
    plan = { ...base, cause: open.cause, due: Math.min(Date.parse(open.due_at), asked), band: null };
  } else return [];
  if (!open) return [observationTask(plan, store)];
  const same = plan.due === Date.parse(open.due_at) && plan.minutes === (open.interval_minutes ?? undefined);
  return same ? [] : [movedTo(open, plan, store)];
}
