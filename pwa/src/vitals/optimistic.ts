/** What a charted set will have done, shown before the server says so: the set, its score, and the next observation. Pure. */
import type { VitalSignsRow } from '../schemas';
import type { Expected, OptimisticRules, Saved } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { DUTY_RULES } from './duty_rules';
import { type NextSet, nextSet, taken } from './intervals';
import { news2 } from './news2';
import { knownSets, observationTask, openObservation, rhythmOf, zoneOf } from './planning';
import { scorable } from './plausibility';
import { ageYears } from './rounding';

type Charting = Saved<'vital_signs_charted'> | Saved<'vital_signs_corrected'>;

function setOf(saved: Charting, values: VitalSignsRow['values'], store: RowReader): VitalSignsRow {
  const { entry_id, body, staff_id, recorded_at } = saved;
  const stay = store.row('stay', body.stay_id);
  const patient = stay && store.row('patient', stay.patient_id);
  // Swedish writes days as 2026-11-22.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zoneOf(stay?.unit_id, store),
    dateStyle: 'short',
  });
  const age = patient ? ageYears(patient.born_on, format.format(Date.parse(body.observed_at))) : null;
  const duty = store.row('observation_duty', body.stay_id);
  // A scale is in force from its setting on; what it was before is the server's to say.
  const before = duty?.scale_set_at && Date.parse(body.observed_at) < Date.parse(duty.scale_set_at);
  const { values: counted, invalid } = scorable(values);
  return {
    entry_id,
    stay_id: body.stay_id,
    observed_at: body.observed_at,
    recorded_at,
    // The server has not got it: until it has, the time of writing stands in.
    received_at: recorded_at,
    author_staff_id: staff_id,
    values,
    invalid,
    score: news2(counted, before ? 1 : (duty?.spo2_scale ?? 1), age, stay?.pregnant ?? false),
  };
}

/** The set that is due after this one; undefined when this one is incomplete, late, or the better of two. */
export function following(set: VitalSignsRow, store: RowReader): NextSet | undefined {
  const rhythm = rhythmOf(set.stay_id, store);
  if (!rhythm) return undefined;
  const others = knownSets(set.stay_id, store).filter((one) => one.id !== set.entry_id);
  const found = nextSet([...others, taken(set)], rhythm);
  return found?.because.id === set.entry_id ? found : undefined;
}

/** The open observation is done and the next one planned, so that a tablet without a network still says when. */
function observation(saved: Charting, set: VitalSignsRow, store: RowReader): Expected[] {
  const { entry_id, body, staff_id } = saved;
  const open = openObservation(body.stay_id, store);
  if (!open || open.planned_at > body.observed_at) return [];
  const missing = set.score.missing ?? [];
  // An incomplete set leaves the task open; it names what is missing.
  if (!taken(set).complete) return [{ type: 'task', id: open.task_id, row: { ...open, missing } }];
  const found = following(set, store);
  if (!found) return [];
  const { due, minutes, band } = found;
  const { stay_id, observed_at: planned_at } = body;
  const next = { task_id: entry_id, stay_id, cause: open.cause, planned_at, due, minutes, band };
  const ended = { state: 'completed' as const, ended_at: body.observed_at, ended_by_staff_id: staff_id };
  return [{ type: 'task', id: open.task_id, row: { ...open, ...ended } }, observationTask(next, store)];
}

export const VITALS_RULES: OptimisticRules = {
  ...DUTY_RULES,
  vital_signs_charted: (saved, store) => {
    const row = setOf(saved, saved.body.values, store);
    return [{ type: 'vital_signs', id: saved.entry_id, row }, ...observation(saved, row, store)];
  },
  vital_signs_corrected: (saved, store) => {
    const { corrects, reason, values } = saved.body;
    const old = store.row('vital_signs', corrects);
    if (!values)
      return old
        ? [
            {
              type: 'vital_signs',
              id: corrects,
              row: { ...old, entered_in_error: true, correction_reason: reason },
            },
          ]
        : [];
    const row = { ...setOf(saved, values, store), supersedes: corrects, correction_reason: reason };
    const over: Expected[] = old
      ? [{ type: 'vital_signs', id: corrects, row: { ...old, superseded_by: saved.entry_id } }]
      : [];
    return [{ type: 'vital_signs', id: saved.entry_id, row }, ...over];
  },
};
