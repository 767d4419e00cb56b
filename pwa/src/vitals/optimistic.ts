/** What a charted set will have done, shown before the server says so: the set, its score, and the next observation. Pure. */
import type { VitalSignsRow } from '../schemas';
import type { Expected, OptimisticRules, Saved } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { afterCorrection } from './after_correction';
import { afterSet } from './after_set';
import { ageOf } from './age';
import { DUTY_RULES } from './duty_rules';
import { news2 } from './news2';
import { scorable } from './plausibility';

type Charting = Saved<'vital_signs_charted'> | Saved<'vital_signs_corrected'>;

function setOf(
  saved: Charting,
  observed_at: string,
  values: VitalSignsRow['values'],
  store: RowReader,
): VitalSignsRow {
  const { entry_id, body, staff_id, recorded_at } = saved;
  const stay = store.row('stay', body.stay_id);
  const patient = stay && store.row('patient', stay.patient_id);
  const age = patient ? ageOf(patient, observed_at, store) : null;
  const duty = store.row('observation_duty', body.stay_id);
  // A scale is in force from its setting on; what it was before is the server's to say.
  const before = duty?.scale_set_at && Date.parse(observed_at) < Date.parse(duty.scale_set_at);
  const { values: counted, invalid } = scorable(values);
  return {
    entry_id,
    stay_id: body.stay_id,
    observed_at,
    recorded_at,
    // The server has not got it: until it has, the time of writing stands in.
    received_at: recorded_at,
    author_staff_id: staff_id,
    values,
    invalid,
    score: news2(counted, before ? 1 : (duty?.spo2_scale ?? 1), age, stay?.pregnant ?? false),
  };
}

/** The set that stands for an entry now: the end of its chain of corrections. */
function standing(entry_id: string, store: RowReader): VitalSignsRow | undefined {
  const found = store.row('vital_signs', entry_id);
  return found?.superseded_by ? (standing(found.superseded_by, store) ?? found) : found;
}

function corrected(saved: Saved<'vital_signs_corrected'>, store: RowReader): Expected[] {
  const { entry_id, body } = saved;
  const { values, reason: correction_reason } = body;
  const known = store.row('vital_signs', entry_id);
  const original = known ? store.row('vital_signs', known.supersedes ?? '') : standing(body.corrects, store);
  // The set was taken when it was taken: a correction does not move it in time.
  const observed_at = original?.observed_at ?? body.observed_at;
  const set = values ? setOf(saved, observed_at, values, store) : undefined;
  const right: Expected[] = set
    ? [
        {
          type: 'vital_signs',
          id: entry_id,
          row: { ...set, supersedes: original?.entry_id ?? body.corrects, correction_reason },
        },
      ]
    : [];
  if (!original || original.entered_in_error) return right;
  const change = set ? { superseded_by: entry_id } : { entered_in_error: true, correction_reason };
  const wrong: Expected = { type: 'vital_signs', id: original.entry_id, row: { ...original, ...change } };
  if (known) return [...right, wrong];
  const word = { ...saved, stay_id: body.stay_id, at: observed_at };
  return [...right, wrong, ...afterCorrection(original, set, word, store)];
}

export const VITALS_RULES: OptimisticRules = {
  ...DUTY_RULES,
  vital_signs_charted: (saved, store) => {
    const row = setOf(saved, saved.body.observed_at, saved.body.values, store);
    // Once the server has the set, its plan stands.
    const known = store.row('vital_signs', saved.entry_id);
    return [{ type: 'vital_signs', id: saved.entry_id, row }, ...(known ? [] : afterSet(row, store))];
  },
  vital_signs_corrected: corrected,
  late_set_seen: ({ body }) => [{ type: 'late_set', id: body.set_entry_id, row: null }],
};
