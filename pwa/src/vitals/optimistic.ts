/** What a charted set will have done, shown before the server says so: the set, its score, and the next observation. Pure. */
import type { CarePolicy, Policy, Score, TaskRow, VitalSignsRow } from '../schemas';
import type { Expected, OptimisticRules, Saved } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { news2 } from './news2';
import { intervalMs } from './response';
import { ageYears } from './rounding';

const MINUTE_MS = 60_000;
const HOURLY_MINUTES = 60;
const OPEN = new Set<TaskRow['state']>(['ready', 'accepted', 'on-hold']);

type Charting = Saved<'vital_signs_charted'> | Saved<'vital_signs_corrected'>;

function setOf(saved: Charting, values: VitalSignsRow['values'], store: RowReader): VitalSignsRow {
  const { entry_id, body, staff_id, recorded_at } = saved;
  const stay = store.row('stay', body.stay_id);
  const patient = stay && store.row('patient', stay.patient_id);
  const age = patient ? ageYears(patient.born_on, body.observed_at.slice(0, 10)) : null;
  const scale = store.row('observation_duty', body.stay_id)?.spo2_scale ?? 1;
  return {
    entry_id,
    stay_id: body.stay_id,
    observed_at: body.observed_at,
    recorded_at,
    // The server has not got it: until it has, the time of writing stands in.
    received_at: recorded_at,
    author_staff_id: staff_id,
    values,
    score: news2(values, scale, age, stay?.pregnant ?? false),
  };
}

/** Minutes until the next set: the score's interval by the unit's policy, and never longer than a person has set. */
function nextMinutes(
  score: Score,
  stay_id: string,
  policy: Policy | undefined,
  store: RowReader,
): number | null {
  const set = store.row('observation_duty', stay_id)?.interval_minutes ?? null;
  if (score.no_score) return set ?? policy?.observation.no_score_minutes ?? null;
  if (!score.band || (score.total ?? null) === null) return null;
  const scored = policy?.observation.interval_minutes[score.band] ?? intervalMs(score.band) / MINUTE_MS;
  return set ?? scored;
}

/** The open observation is done and the next one planned, so that a tablet without a network still says when. */
function observation({ entry_id, body, staff_id }: Charting, score: Score, store: RowReader): Expected[] {
  const unit_id = store.row('stay', body.stay_id)?.unit_id;
  const policy = store.rows('policy').find((one) => one.unit_id === unit_id)?.policy;
  const open = store
    .rows('task')
    .find((task) => task.stay_id === body.stay_id && task.kind === 'observation' && OPEN.has(task.state));
  const minutes = nextMinutes(score, body.stay_id, policy, store);
  if (!open || minutes === null || open.planned_at > body.observed_at) return [];
  const at = (offset: number) => new Date(Date.parse(body.observed_at) + offset * MINUTE_MS).toISOString();
  const care: CarePolicy | undefined =
    minutes <= HOURLY_MINUTES ? policy?.frequent_observation : policy?.care['observation'];
  const next: TaskRow = {
    task_id: entry_id,
    stay_id: body.stay_id,
    kind: 'observation',
    state: 'ready',
    text_key: 'task.observation',
    cause: open.cause,
    planned_at: body.observed_at,
    due_at: at(minutes),
    due_soon_at: at(minutes - (care?.due_soon_minutes ?? 0)),
    overdue_at: at(minutes + (care?.grace_minutes ?? 0)),
    interval_minutes: minutes,
  };
  const ended = { state: 'completed' as const, ended_at: body.observed_at, ended_by_staff_id: staff_id };
  return [
    { type: 'task', id: open.task_id, row: { ...open, ...ended } },
    { type: 'task', id: entry_id, row: next },
  ];
}

export const VITALS_RULES: OptimisticRules = {
  vital_signs_charted: (saved, store) => {
    const row = setOf(saved, saved.body.values, store);
    return [{ type: 'vital_signs', id: saved.entry_id, row }, ...observation(saved, row.score, store)];
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
