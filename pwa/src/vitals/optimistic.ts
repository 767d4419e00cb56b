/** What a charted set will have done, shown before the server says so: the set, its score, and the next observation. Pure. */
import type { CarePolicy, Policy, Score, TaskRow, VitalSignsRow } from '../schemas';
import type { Expected, OptimisticRules, Saved } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { news2 } from './news2';
import { minutesToNext } from './next_observation';
import { ageYears } from './rounding';
import { validSets } from './sets';

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

/** Minutes until the next set; null when this one is incomplete. */
function nextMinutes(
  { body, entry_id }: Charting,
  score: Score,
  policy: Policy | undefined,
  store: RowReader,
): number | null {
  const stay = store.row('stay', body.stay_id);
  if (!stay || (!score.no_score && (score.total ?? null) === null)) return null;
  const older = validSets(store.rows('vital_signs').filter((set) => set.stay_id === body.stay_id)).flatMap(
    (set) =>
      set.entry_id !== entry_id &&
      set.observed_at < body.observed_at &&
      (set.score.total ?? null) !== null &&
      set.score.band
        ? [set.score.band]
        : [],
  );
  const bands = score.band ? [score.band, ...older.reverse()] : null;
  const by_person = store.row('observation_duty', body.stay_id)?.interval_minutes ?? null;
  return minutesToNext(bands, by_person, stay.admitted_at, body.observed_at, policy?.observation);
}

/** The open observation is done and the next one planned, so that a tablet without a network still says when. */
function observation(saved: Charting, score: Score, store: RowReader): Expected[] {
  const { entry_id, body, staff_id } = saved;
  const unit_id = store.row('stay', body.stay_id)?.unit_id;
  const policy = store.rows('policy').find((one) => one.unit_id === unit_id)?.policy;
  const open = store
    .rows('task')
    .find((task) => task.stay_id === body.stay_id && task.kind === 'observation' && OPEN.has(task.state));
  const minutes = nextMinutes(saved, score, policy, store);
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
