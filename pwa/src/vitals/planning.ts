/** The observation task of a stay as the server will plan it: policy, margins and rhythm. Pure. */
import type { CarePolicy, Cause, ObservationDutyRow, TaskRow } from '../schemas';
import type { Expected } from '../sync/overlay';
import type { RowReader } from '../sync/rows';
import { instants, policyOf } from '../tasks/margins';
import { isOpen } from '../tasks/task_state';
import { type NextSet, nextSet, type Rhythm } from './intervals';
import { severity } from './news2';
import { validSets } from './sets';
import { type Taken, taken } from './taken';

const HOURLY_MINUTES = 60;

/** The ward's own day: an age turns at its midnight. */
export function zoneOf(unit_id: string | undefined, store: RowReader): string {
  return (unit_id && store.row('unit', unit_id)?.time_zone) || 'UTC';
}

/** The sets of a stay that count. */
export function knownSets(stay_id: string, store: RowReader): Taken[] {
  return validSets(store.rows('vital_signs').filter((one) => one.stay_id === stay_id)).map(taken);
}

/** Whether a patient is cared for at home: visits and calls are planned there, never an interval. */
export function isAtHome(unit_id: string | undefined, store: Pick<RowReader, 'row'>): boolean {
  return Boolean(unit_id) && store.row('unit', unit_id ?? '')?.kind === 'home';
}

/** What beside the score decides how often; undefined for a stay that is not here, or at home. */
export function rhythmOf(
  stay_id: string,
  store: RowReader,
  duty: ObservationDutyRow | undefined = store.row('observation_duty', stay_id),
): Rhythm | undefined {
  const stay = store.row('stay', stay_id);
  if (!stay || isAtHome(stay.unit_id, store)) return undefined;
  return {
    policy: policyOf(stay_id, store).observation,
    zone: zoneOf(stay.unit_id, store),
    admitted: Date.parse(stay.admitted_at),
    duty,
  };
}

/** What the score alone asks for: the band that governs and its minutes; without a score the unit's own interval. */
export function byScore(sets: readonly Taken[], rhythm: Rhythm): { band: NextSet['band']; minutes: number } {
  const band = nextSet(sets, rhythm)?.band ?? null;
  const { interval_minutes, no_score_minutes } = rhythm.policy;
  return { band, minutes: band ? (interval_minutes[band] ?? no_score_minutes) : no_score_minutes };
}

export function openObservation(stay_id: string, store: RowReader): TaskRow | undefined {
  return store
    .rows('task')
    .find((task) => task.stay_id === stay_id && task.kind === 'observation' && isOpen(task));
}

export type Plan = {
  task_id: string;
  stay_id: string;
  cause: Cause;
  planned_at: string;
  /** When the set is due, in ms. */
  due: number;
  /** Where the set follows from a score and not from a person's word. */
  minutes?: number | undefined;
  band: NextSet['band'];
  /** An incomplete set since says that the patient is at risk. */
  at_risk?: boolean | undefined;
  /** What the set before left out. */
  missing?: string[] | undefined;
};

/** A single 3, or NEWS2 of 5 and more: an overdue set of this patient is amber (docs/escalation.md). */
export function atRisk(band: NextSet['band']): boolean {
  return severity(band) >= severity('low-medium');
}

/** Whether a set that no complete one has followed says so, too, as the server's `overdue_class` sees it. */
export function atRiskSince(sets: readonly Taken[], next: NextSet | undefined): boolean {
  return sets.some(
    (one) =>
      !one.complete &&
      one.at > (next?.because.at ?? Number.NEGATIVE_INFINITY) &&
      (atRisk(one.band) || one.unobtainable.length > 0),
  );
}

/** The margins of an open observation of a patient who is at risk. */
export function sickMargins(open: TaskRow, store: RowReader): Pick<TaskRow, 'due_soon_at' | 'overdue_at'> {
  return instants(Date.parse(open.due_at), policyOf(open.stay_id, store).frequent_observation);
}

/** An observation that is planned, with the margins of its interval and of how ill the patient is. */
export function observationTask(plan: Plan, store: RowReader): Expected {
  const policy = policyOf(plan.stay_id, store);
  const frequent =
    plan.at_risk || atRisk(plan.band) || (plan.minutes !== undefined && plan.minutes <= HOURLY_MINUTES);
  const care: CarePolicy | undefined = frequent ? policy.frequent_observation : policy.care['observation'];
  const row: TaskRow = {
    task_id: plan.task_id,
    stay_id: plan.stay_id,
    kind: 'observation',
    state: 'ready',
    text_key:
      plan.band === 'high' && plan.minutes !== undefined ? 'task.observation_monitored' : 'task.observation',
    cause: plan.cause,
    planned_at: plan.planned_at,
    ...instants(plan.due, care),
    ...(plan.minutes === undefined ? {} : { interval_minutes: plan.minutes }),
    ...(plan.missing?.length ? { missing: plan.missing } : {}),
  };
  return { type: 'task', id: row.task_id, row };
}

/** The same observation under a new plan: its id and its owner stay, and what was overdue stays so with its alert. */
export function movedTo(open: TaskRow, plan: Plan, store: RowReader): Expected {
  const to = observationTask(plan, store).row as TaskRow;
  const planned = Date.parse(plan.planned_at);
  const late = Date.parse(open.overdue_at) <= planned && plan.due <= planned;
  const sooner = late && Date.parse(open.overdue_at) < Date.parse(to.overdue_at);
  const row: TaskRow = {
    ...open,
    ...to,
    task_id: open.task_id,
    state: open.state,
    overdue_at: sooner ? open.overdue_at : to.overdue_at,
    interval_minutes: to.interval_minutes ?? null,
    missing: to.missing ?? [],
  };
  return { type: 'task', id: open.task_id, row };
}
