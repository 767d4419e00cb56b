/** The day of a whole team as its coordinator sees it: who is where since when, what is late, whom nothing is planned for. Pure. */
import { reachOf } from '../board/reach';
import type { AlertRow, DutyRow, PatientRow, Policy, StaffRow, TabletRow, TaskRow } from '../schemas';
import { isOpen } from '../tasks/task_state';
import { dayOf, isAhead, overAt, type Stop, type VisitRows } from './day';
import { PLAN_VISIT } from './visit_task';

export interface TeamRows extends VisitRows {
  turns: readonly DutyRow[];
  tablets: readonly TabletRow[];
  tasks: readonly TaskRow[];
  alerts: readonly AlertRow[];
  staff: readonly StaffRow[];
}

/** Where somebody is, as far as the server has heard. */
export type Where =
  | { kind: 'with'; stop: Stop; since: string }
  | { kind: 'left'; stop: Stop; since: string }
  | { kind: 'not_yet' };

/** What the server knows of somebody's tablets; `heard_ms` null: never heard, or there is none. */
export interface TabletsNow {
  heard_ms: number | null;
  silent: boolean;
  unsent: number;
}

/** One person of the team, or nobody, with today's visits: late and running ones first. */
export interface Carer {
  id: string;
  staff_id: string | null;
  turn: DutyRow | undefined;
  stops: Stop[];
  where: Where;
  tablets: TabletsNow;
}

export interface Unplanned {
  stay_id: string;
  patient: PatientRow | undefined;
  task: TaskRow;
}

export interface Team {
  /** Unanswered ones first, then those to whom somebody goes; the oldest first. */
  sos: AlertRow[];
  carers: Carer[];
  stops: Stop[];
  /** Planned for tomorrow on, by window. */
  later: Stop[];
  unplanned: Unplanned[];
  /** Who may visit, on duty or not: tomorrow is planned today. */
  nurses: { staff_id: string; turn: DutyRow | undefined; ahead: number; silent: boolean }[];
  late: number;
  there: number;
  ahead: number;
  done: number;
}

const MINUTE_MS = 60_000;
const LATE = ['overdue', 'late'];

export const isLate = ({ standing }: Stop) => LATE.includes(standing);

/** Late ones first, the longest first; then those that go on; then by window; over ones last, as it happened. */
export function urgency(stop: Stop): [number, number] {
  const { visit, standing } = stop;
  if (isLate(stop)) return [0, Date.parse(visit.window_to_at)];
  if (standing === 'going_on') return [1, Date.parse(visit.started?.observed_at ?? visit.window_from_at)];
  return isAhead(stop) ? [2, Date.parse(visit.window_from_at)] : [3, overAt(visit)];
}

export function byUrgency(a: Stop, b: Stop): number {
  const [[group, at], [other, then]] = [urgency(a), urgency(b)];
  return group - other || at - then || a.visit.visit_id.localeCompare(b.visit.visit_id);
}

/** Who was or is to be there: of a visit that took place who was, whatever had been planned. */
const whose = ({ visit }: Stop): string | null => visit.staff_id ?? null;

export function teamOf(
  rows: TeamRows,
  asked: { unit_id: string; now_ms: number; policy: Policy; dateOf: (ms: number) => string },
): Team {
  const { unit_id, now_ms, policy } = asked;
  const day = dayOf(rows, { ...asked, staff_id: null });
  const stops = [...(day.next ? [day.next] : []), ...day.ahead, ...day.over].sort(byUrgency);
  const turns = new Map(
    rows.turns
      .filter((turn) => turn.unit_id === unit_id && !turn.ended_at)
      .map((turn) => [turn.staff_id, turn]),
  );
  const nurses = [...turns.values()].filter(({ post }) => post === 'nurse').map(({ staff_id }) => staff_id);
  const ids = new Set<string | null>([...nurses, ...stops.map(whose)]);
  const carers = [...ids].map((id) => carerOf(id, turns.get(id ?? ''), stops, rows.tablets, policy, now_ms));
  const here = new Set([...rows.stays].filter((stay) => !stay.departed_at).map(({ stay_id }) => stay_id));
  const patients = new Map([...rows.patients].map((patient) => [patient.stay_id, patient]));
  return {
    sos: rows.alerts
      .filter(({ cause, ended_at }) => cause === 'sos' && !ended_at)
      .sort(
        (a, b) =>
          Number(a.state === 'accepted') - Number(b.state === 'accepted') ||
          Date.parse(a.began_at) - Date.parse(b.began_at),
      ),
    carers: carers.sort(before),
    stops,
    later: day.later,
    unplanned: rows.tasks
      .filter((task) => task.text_key === PLAN_VISIT && isOpen(task) && here.has(task.stay_id))
      .sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at) || a.stay_id.localeCompare(b.stay_id))
      .map((task) => ({ stay_id: task.stay_id, patient: patients.get(task.stay_id), task })),
    nurses: nursesOf(rows, unit_id, turns, stops, policy, now_ms),
    late: stops.filter(isLate).length,
    there: stops.filter(({ standing }) => standing === 'going_on').length,
    ahead: stops.filter(({ standing }) => ['later', 'soon', 'now'].includes(standing)).length,
    done: day.done,
  };
}

function carerOf(
  staff_id: string | null,
  turn: DutyRow | undefined,
  stops: readonly Stop[],
  tablets: readonly TabletRow[],
  policy: Policy,
  now_ms: number,
): Carer {
  const hers = stops.filter((stop) => whose(stop) === staff_id);
  return {
    id: staff_id ?? 'nobody',
    ...{ staff_id, turn, stops: hers, where: whereOf(hers) },
    tablets: tabletsOf(staff_id, tablets, policy, now_ms),
  };
}

/** With the patient of the visit that began last; else on the way from the one that ended last. */
function whereOf(hers: readonly Stop[]): Where {
  const since = (stop: Stop) => stop.visit.started?.observed_at ?? '';
  const [there] = hers
    .filter(({ standing }) => standing === 'going_on')
    .sort((a, b) => Date.parse(since(b)) - Date.parse(since(a)));
  if (there) return { kind: 'with', stop: there, since: since(there) };
  const ended = (stop: Stop) => stop.visit.ended?.observed_at;
  const [left] = hers.filter(ended).sort((a, b) => overAt(b.visit) - overAt(a.visit));
  return left ? { kind: 'left', stop: left, since: ended(left) ?? '' } : { kind: 'not_yet' };
}

function tabletsOf(
  staff_id: string | null,
  tablets: readonly TabletRow[],
  policy: Policy,
  now_ms: number,
): TabletsNow {
  if (!staff_id) return { heard_ms: null, silent: false, unsent: 0 };
  const { contact_at } = reachOf(staff_id, tablets, policy.no_contact_minutes, now_ms);
  const heard_ms = contact_at === null ? null : now_ms - contact_at;
  return {
    heard_ms,
    silent: heard_ms === null || heard_ms > policy.no_contact_minutes * MINUTE_MS,
    unsent: tablets
      .filter((tablet) => tablet.staff_ids.includes(staff_id))
      .reduce((sum, tablet) => sum + (tablet.outbox_depth ?? 0), 0),
  };
}

/** Whose first visit is late, then who is with a patient, then by window; nobody before a colleague. Without visits last. */
function before(a: Carer, b: Carer): number {
  const [mine, other] = [a.stops.find(isAhead), b.stops.find(isAhead)];
  if (!mine || !other) return Number(!mine) - Number(!other) || a.id.localeCompare(b.id);
  return (
    urgency(mine)[0] - urgency(other)[0] ||
    Number(a.staff_id !== null) - Number(b.staff_id !== null) ||
    byUrgency(mine, other)
  );
}

/** The home-care nurses of the unit and whoever is on duty as a nurse: those on duty first, the fewest visits to come first. */
function nursesOf(
  rows: TeamRows,
  unit_id: string,
  turns: ReadonlyMap<string, DutyRow>,
  stops: readonly Stop[],
  policy: Policy,
  now_ms: number,
): Team['nurses'] {
  const employed = rows.staff.filter(({ grants }) =>
    grants.some((grant) => grant.unit_id === unit_id && grant.role === 'home_care_nurse'),
  );
  const there = [...turns.values()].filter(({ post }) => post === 'nurse');
  const ids = new Set([...employed, ...there].map(({ staff_id }) => staff_id));
  return [...ids]
    .map((staff_id) => ({
      ...{ staff_id, turn: turns.get(staff_id) },
      ahead: stops.filter((stop) => whose(stop) === staff_id && isAhead(stop)).length,
      silent: tabletsOf(staff_id, rows.tablets, policy, now_ms).silent,
    }))
    .sort(
      (a, b) =>
        Number(!a.turn) - Number(!b.turn) || a.ahead - b.ahead || a.staff_id.localeCompare(b.staff_id),
    );
}
