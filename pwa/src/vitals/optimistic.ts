/** What a charted set will have done, shown before the server says so: the set, its score, and the next observation. Pure. */
import escalation from '$shared/reference/escalation.json';
import type { CarePolicy, Policy, TaskRow, VitalSignsRow } from '../schemas';
import type { Expected, OptimisticRules, Saved } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { type NextSet, nextSet, taken } from './intervals';
import { news2 } from './news2';
import { scorable } from './plausibility';
import { ageYears } from './rounding';
import { validSets } from './sets';

const MINUTE_MS = 60_000;
const HOURLY_MINUTES = 60;
/** For a tablet that has not got its unit's policy yet. */
const DEFAULT_POLICY = escalation.policy as Policy;
const OPEN = new Set<TaskRow['state']>(['ready', 'accepted', 'on-hold']);

type Charting = Saved<'vital_signs_charted'> | Saved<'vital_signs_corrected'>;

/** The ward's own day: an age turns at its midnight. */
function zoneOf(unit_id: string | undefined, store: RowReader): string {
  return (unit_id && store.row('unit', unit_id)?.time_zone) || 'UTC';
}

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

function policyOf(stay_id: string, store: RowReader): Policy {
  const unit_id = store.row('stay', stay_id)?.unit_id;
  return store.rows('policy').find((one) => one.unit_id === unit_id)?.policy ?? DEFAULT_POLICY;
}

/** The set that is due after this one; undefined when this one is incomplete, late, or the better of two. */
export function following(set: VitalSignsRow, store: RowReader): NextSet | undefined {
  const stay = store.row('stay', set.stay_id);
  if (!stay) return undefined;
  const policy = policyOf(set.stay_id, store);
  const known = store.rows('vital_signs').filter((one) => one.stay_id === set.stay_id);
  const others = validSets(known).filter((one) => one.entry_id !== set.entry_id);
  const found = nextSet([...others.map(taken), taken(set)], {
    policy: policy.observation,
    zone: zoneOf(stay.unit_id, store),
    admitted: Date.parse(stay.admitted_at),
    duty: store.row('observation_duty', set.stay_id),
  });
  return found?.because.id === set.entry_id ? found : undefined;
}

/** The open observation is done and the next one planned, so that a tablet without a network still says when. */
function observation(saved: Charting, set: VitalSignsRow, store: RowReader): Expected[] {
  const { entry_id, body, staff_id } = saved;
  const policy = policyOf(body.stay_id, store);
  const open = store
    .rows('task')
    .find((task) => task.stay_id === body.stay_id && task.kind === 'observation' && OPEN.has(task.state));
  if (!open || open.planned_at > body.observed_at) return [];
  const missing = set.score.missing ?? [];
  // An incomplete set leaves the task open; it names what is missing.
  if (!taken(set).complete) return [{ type: 'task', id: open.task_id, row: { ...open, missing } }];
  const found = following(set, store);
  if (!found) return [];
  const at = (minutes: number) => new Date(found.due + minutes * MINUTE_MS).toISOString();
  const frequent = found.minutes <= HOURLY_MINUTES;
  const care: CarePolicy | undefined = frequent ? policy.frequent_observation : policy.care['observation'];
  const next: TaskRow = {
    task_id: entry_id,
    stay_id: body.stay_id,
    kind: 'observation',
    state: 'ready',
    text_key: found.band === 'high' ? 'task.observation_monitored' : 'task.observation',
    cause: open.cause,
    planned_at: body.observed_at,
    due_at: at(0),
    due_soon_at: at(-(care?.due_soon_minutes ?? 0)),
    overdue_at: at(care?.grace_minutes ?? 0),
    interval_minutes: found.minutes,
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
