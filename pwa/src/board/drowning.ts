/** "Who is drowning": the load of every person on the unit, and of nobody. Lateness is shown and ranks nobody by itself. Pure. */
import type { AlertRow, DutyRow, TaskRow } from '../schemas';
import type { Place } from '../stays/ward';
import { minutesLate, timing } from '../tasks/task_state';
import type { Facts } from './facts';
import { type MinutesDue, minutesDue } from './minutes_due';
import { askedNow } from './needs';
import { type Reach, reachOf } from './reach';
import { rank } from './sickest';

/** What one person carries; `staff_id` null: nobody, work that no person answers for. */
export interface Load {
  id: string;
  staff_id: string | null;
  /** Her turn of duty; none: she is not on duty, and patients are still hers. */
  turn: DutyRow | undefined;
  on_break: boolean;
  patients: Place[];
  tasks: TaskRow[];
  sickest: Place | undefined;
  minutes: MinutesDue;
  overdue: TaskRow[];
  oldest_minutes: number;
  reds: AlertRow[];
  reach: Reach | null;
}

/** Nobody first, if work is unassigned; then by unanswered red, by load this hour, by how long the oldest is overdue. */
export function loadsOf(facts: Facts): Load[] {
  const { turns, here, open, alerts } = facts;
  const on_duty = new Map(turns.filter((turn) => !turn.ended_at).map((turn) => [turn.staff_id, turn]));
  const staff_ids = new Set<string | null>(
    [...on_duty].flatMap(([id, { post }]) => (post === 'on_call' ? [] : [id])),
  );
  for (const place of here.values()) staff_ids.add(place.stay?.owner_staff_id ?? null);
  for (const task of open) staff_ids.add(doer(task, here));
  for (const alert of alerts) if (alert.state === 'open') for (const id of askedNow(alert)) staff_ids.add(id);
  return [...staff_ids].map((id) => loadOf(id, on_duty.get(id ?? ''), facts)).sort(before);
}

/** Whose a task is: who claimed it, else the owner of the patient. */
export function doer(task: TaskRow, here: Facts['here']): string | null {
  return task.owner_staff_id ?? here.get(task.stay_id)?.stay?.owner_staff_id ?? null;
}

/** What a person carries now, or would carry with these patients and tasks. */
export function loadOf(staff_id: string | null, turn: DutyRow | undefined, facts: Facts): Load {
  const { here, open, alerts, tablets, policy, now_ms } = facts;
  const patients = [...here.values()].filter((place) => (place.stay?.owner_staff_id ?? null) === staff_id);
  const tasks = open.filter((task) => doer(task, here) === staff_id);
  const overdue = tasks.filter((task) => timing(task, now_ms) === 'overdue');
  const asks = (alert: AlertRow) => alert.alert_class === 'red' && alert.state === 'open';
  return {
    id: staff_id ?? 'nobody',
    staff_id,
    turn,
    on_break: isAway(turn, now_ms),
    patients,
    tasks,
    sickest: [...patients].sort((a, b) => rank(b) - rank(a))[0],
    minutes: minutesDue(tasks, now_ms),
    overdue,
    oldest_minutes: Math.max(0, ...overdue.map((task) => minutesLate(task, now_ms))),
    reds: staff_id ? alerts.filter((alert) => asks(alert) && askedNow(alert).includes(staff_id)) : [],
    reach: staff_id ? reachOf(staff_id, tablets, policy.no_contact_minutes, now_ms) : null,
  };
}

function isAway(turn: DutyRow | undefined, now_ms: number): boolean {
  if (!turn?.break_started_at) return false;
  return !turn.break_until_at || now_ms < Date.parse(turn.break_until_at);
}

function before(a: Load, b: Load): number {
  return (
    Number(a.staff_id !== null) - Number(b.staff_id !== null) ||
    Number(b.reds.length > 0) - Number(a.reds.length > 0) ||
    b.minutes[0] - a.minutes[0] ||
    b.oldest_minutes - a.oldest_minutes ||
    a.id.localeCompare(b.id)
  );
}
