/** A person's visits of today: the next one, what is still to come in order of window, what is over. Pure. */
import type { HomeRow, PatientRow, Policy, StayRow, VisitRow, VitalSignsRow } from '../schemas';
import { validSets } from '../vitals/sets';

const MINUTE_MS = 60_000;

/** Where a visit stands at an instant; `late`: its window is over, `overdue`: its grace, too. */
export type Standing =
  | 'later'
  | 'soon'
  | 'now'
  | 'late'
  | 'overdue'
  | 'going_on'
  | 'done'
  | 'not_done'
  | 'cancelled';

/** One line of the day: the visit with all that is shown of it. */
export interface Stop {
  visit: VisitRow;
  standing: Standing;
  stay: StayRow | undefined;
  patient: PatientRow | undefined;
  home: HomeRow | undefined;
  /** The newest set of the patient. */
  set: VitalSignsRow | undefined;
}

export interface VisitRows {
  visits: Iterable<VisitRow>;
  stays: Iterable<StayRow>;
  patients: Iterable<PatientRow>;
  homes: Iterable<HomeRow>;
  sets: Iterable<VitalSignsRow>;
}

/** Whose day, when, and by which policy and clock: `dateOf` says on which date of the unit an instant is. */
export interface Asked {
  /** Null: everybody's. */
  staff_id: string | null;
  now_ms: number;
  policy: Policy;
  dateOf: (ms: number) => string;
}

export interface Day {
  next: Stop | undefined;
  /** Still to come, `next` left out. */
  ahead: Stop[];
  /** Ended, not done or no longer wanted, in the order in which it happened. */
  over: Stop[];
  /** Wanted today: what was cancelled does not count. */
  count: number;
  done: number;
  /** Planned for a later day, by window. */
  later: Stop[];
}

const OVER: Partial<Record<VisitRow['state'], Standing>> = {
  ended: 'done',
  not_done: 'not_done',
  cancelled: 'cancelled',
  started: 'going_on',
};

/** Where a visit stands now by its window and the unit's margins of a home visit. */
export function standingOf(visit: VisitRow, policy: Policy, now_ms: number): Standing {
  const said = OVER[visit.state];
  if (said) return said;
  const margin = policy.care['home_visit'];
  const [from, to] = [Date.parse(visit.window_from_at), Date.parse(visit.window_to_at)];
  if (now_ms >= to + (margin?.grace_minutes ?? 0) * MINUTE_MS) return 'overdue';
  if (now_ms >= to) return 'late';
  if (now_ms >= from) return 'now';
  return now_ms >= from - (margin?.due_soon_minutes ?? 0) * MINUTE_MS ? 'soon' : 'later';
}

export const isAhead = ({ standing }: Stop) => !['done', 'not_done', 'cancelled'].includes(standing);

/** When a visit was over; its window's end where nobody knows. */
export function overAt({ ended, closed_at, window_to_at }: VisitRow): number {
  return Date.parse(ended?.observed_at ?? closed_at ?? window_to_at);
}

/** Whether she answers for it, or was there. */
function isHers({ staff_id, started, ended }: VisitRow, who: string): boolean {
  return [staff_id, started?.staff_id, ended?.staff_id].includes(who);
}

/** Planned for today or before and not over; or over today. */
function isToday(stop: Stop, today: string, dateOf: Asked['dateOf']): boolean {
  if (stop.standing === 'going_on') return true;
  if (isAhead(stop)) return dateOf(Date.parse(stop.visit.window_from_at)) <= today;
  return dateOf(overAt(stop.visit)) === today;
}

/** All visits that this tablet has, with what is shown of each. */
export function stopsOf(rows: VisitRows, policy: Policy, now_ms: number): Stop[] {
  const stays = new Map([...rows.stays].map((stay) => [stay.stay_id, stay]));
  const patients = new Map([...rows.patients].map((patient) => [patient.stay_id, patient]));
  const homes = new Map([...rows.homes].map((home) => [home.stay_id, home]));
  const sets = new Map(validSets(rows.sets).map((set) => [set.stay_id, set]));
  return [...rows.visits].map((visit) => ({
    visit,
    standing: standingOf(visit, policy, now_ms),
    stay: stays.get(visit.stay_id),
    patient: patients.get(visit.stay_id),
    home: homes.get(visit.stay_id),
    set: sets.get(visit.stay_id),
  }));
}

const byWindow = (a: VisitRow, b: VisitRow) =>
  Date.parse(a.window_from_at) - Date.parse(b.window_from_at) || a.visit_id.localeCompare(b.visit_id);

/** The day of one person, or of all. What goes on comes first, then by window. */
export function dayOf(rows: VisitRows, { staff_id, now_ms, policy, dateOf }: Asked): Day {
  const today = dateOf(now_ms);
  const hers = stopsOf(rows, policy, now_ms).filter(({ visit }) => !staff_id || isHers(visit, staff_id));
  const stops = hers.filter((stop) => isToday(stop, today, dateOf));
  const goes = (stop: Stop) => Number(stop.standing !== 'going_on');
  const open = stops.filter(isAhead).sort((a, b) => goes(a) - goes(b) || byWindow(a.visit, b.visit));
  const later = hers
    .filter((stop) => stop.visit.state === 'planned' && !stops.includes(stop))
    .sort((a, b) => byWindow(a.visit, b.visit));
  return {
    next: open[0],
    ahead: open.slice(1),
    over: stops.filter((stop) => !isAhead(stop)).sort((a, b) => overAt(a.visit) - overAt(b.visit)),
    count: stops.filter(({ standing }) => standing !== 'cancelled').length,
    done: stops.filter(({ standing }) => standing === 'done').length,
    later,
  };
}
