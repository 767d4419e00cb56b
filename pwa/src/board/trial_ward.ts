/** Rows of a small ward, as tests write them: instants are minutes from `NOW`. Nothing of the app imports this. */
import policies from '$shared/reference/escalation.json';
import { UNUSED } from '../beds/bed_state';
import type {
  AlertRow,
  BedRow,
  DutyRow,
  Policy,
  Score,
  StayRow,
  TabletRow,
  TaskRow,
  VitalSignsRow,
} from '../schemas';
import { type BoardRows, type Facts, factsOf } from './facts';

export const NOW = Date.parse('2026-03-01T14:52:00Z');
export const POLICY = policies.policy as Policy;
export const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

/** A ward of stays `one`, `two`, … each in the bed of that name, with what a test adds. */
export function ward(stays: StayRow[], more: Partial<BoardRows> = {}): Facts {
  const beds = stays.flatMap((stay, position) => (stay.bed_id ? [bed(stay.bed_id, position)] : []));
  const patients = stays.map(({ stay_id, patient_id }) => ({
    ...{ patient_id, stay_id, name: `Patient ${stay_id}`, lang: 'en', sex: 'female' as const },
    ...{ born_on: '1950-02-03', identifier: '4471' },
  }));
  const none = { sets: [], tasks: [], duties: [], alerts: [], turns: [], tablets: [], held: [], losses: [] };
  const lying = (stay: StayRow) => ({ since_at: stay.arrived_at, on_leave_at: null });
  const standings = new Map(
    stays.flatMap((one) => (one.bed_id ? [[one.bed_id, { ...UNUSED, lying: lying(one) }] as const] : [])),
  );
  return factsOf(
    { beds, stays, patients, standings, ...none, ...more },
    'unit',
    POLICY,
    NOW,
    'Europe/London',
  );
}

export function bed(bed_id: string, position: number): BedRow {
  return { bed_id, unit_id: 'unit', bay: bed_id.slice(0, 1), label: bed_id.toUpperCase(), position };
}

export function stay(stay_id: string, owner_staff_id: string | null, more: Partial<StayRow> = {}): StayRow {
  const since = { admitted_at: at(-600), arrived_at: at(-600) };
  return {
    stay_id,
    patient_id: stay_id,
    unit_id: 'unit',
    bed_id: stay_id,
    ...since,
    owner_staff_id,
    ...more,
  };
}

export function task(task_id: string, stay_id: string, due: number, more: Partial<TaskRow> = {}): TaskRow {
  const instants = {
    due_at: at(due),
    due_soon_at: at(due - 15),
    overdue_at: at(due + 30),
    planned_at: at(due - 60),
  };
  const cause = { cause_type: 'template', cause_id: stay_id, text_key: 'cause.template' } as const;
  return { task_id, stay_id, kind: 'other', state: 'ready', cause, ...instants, ...more };
}

export function alert(alert_id: string, began: number, more: Partial<AlertRow> = {}): AlertRow {
  const about = { cause: 'overdue_task', cause_id: alert_id, text_key: 'alert.overdue.turning' } as const;
  const ladder = { round: 1, step: 'assignee', steps: [], policy_version: 1 } as const;
  return {
    ...{ alert_id, stay_id: 'one', alert_class: 'plain', ...about, state: 'open', began_at: at(began) },
    ...ladder,
    steps: [],
    ...more,
  };
}

/** An asking that runs since `began`, unless `why_ended` says that it is over. */
export function asked(staff_id: string, began: number, more: Partial<AlertRow['steps'][number]> = {}) {
  const step = { step_id: `${staff_id}${began}`, round: 1, step: 'assignee', began_at: at(began) } as const;
  return { ...step, staff_id, ...more };
}

export function turn(staff_id: string, more: Partial<DutyRow> = {}): DutyRow {
  const open = { post: 'nurse', bed_ids: [], started_at: at(-300) } as const;
  return { duty_id: `duty ${staff_id}`, staff_id, unit_id: 'unit', ...open, bed_ids: [], ...more };
}

export function tablet(device_id: string, staff_id: string, contact: number): TabletRow {
  return { device_id, name: `Tablet ${device_id}`, staff_ids: [staff_id], contact_at: at(contact) };
}

export function set(stay_id: string, minutes: number, score: Score): VitalSignsRow {
  const instants = { observed_at: at(minutes), recorded_at: at(minutes), received_at: at(minutes) };
  return {
    entry_id: `${stay_id}${minutes}`,
    stay_id,
    ...instants,
    author_staff_id: 'mai',
    values: {},
    score,
  };
}
