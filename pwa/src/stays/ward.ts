/** The ward list: one cell a bed, in bed order, with what a nurse scans for. */
import type { BedRow, ObservationDutyRow, PatientRow, StayRow, TaskRow, VitalSignsRow } from '../schemas';
import { isOpen, type Timing, timing } from '../tasks/task_state';
import { isReviewOverdue, isStopped } from '../vitals/duty_state';
import { change, figure, validSets } from '../vitals/sets';

export type TagName =
  | 'incomplete'
  | 'scale_2'
  | 'isolation'
  | 'paused'
  | 'stopped'
  | 'review_overdue'
  | 'first_set'
  | 'pregnant'
  | 'under_16'
  | 'no_bed';

/** One place of the list: a bed with or without a patient, or a patient who waits for a bed. */
export interface Place {
  id: string;
  bed: BedRow | null;
  stay: StayRow | null;
  patient: PatientRow | null;
  set: VitalSignsRow | null;
  figure: number | null;
  change: number | null;
  task: TaskRow | null;
  timing: Timing | null;
  mine: boolean;
  tags: TagName[];
}

export interface WardRows {
  beds: Iterable<BedRow>;
  stays: Iterable<StayRow>;
  patients: Iterable<PatientRow>;
  sets: Iterable<VitalSignsRow>;
  tasks: Iterable<TaskRow>;
  duties: Iterable<ObservationDutyRow>;
}

function grouped<T>(rows: Iterable<T>, key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

function tagsOf(
  stay: StayRow,
  set: VitalSignsRow | undefined,
  duty: ObservationDutyRow | undefined,
  nowMs: number,
): TagName[] {
  const tags: TagName[] = [];
  if (isReviewOverdue(duty, nowMs)) tags.push('review_overdue');
  if (isStopped(duty, nowMs)) tags.push('stopped');
  else if (duty?.pause_reason) tags.push('paused');
  else if (!set) tags.push('first_set');
  if (set?.score.no_score === 'pregnant') tags.push('pregnant');
  if (set?.score.no_score === 'under_16') tags.push('under_16');
  if (set && !set.score.no_score && (set.score.total ?? null) === null) tags.push('incomplete');
  if (duty?.spo2_scale === 2) tags.push('scale_2');
  if (stay.isolation) tags.push('isolation');
  return tags;
}

/** Cells of a unit in bed order, patients without a bed last. `staffId` marks what is mine. */
export function wardList(rows: WardRows, staffId: string | null, nowMs: number): Place[] {
  const patients = new Map([...rows.patients].map((row) => [row.patient_id, row]));
  const duties = new Map([...rows.duties].map((row) => [row.stay_id, row]));
  const sets = grouped(rows.sets, (row) => row.stay_id);
  const tasks = grouped(rows.tasks, (row) => row.stay_id);
  const here = [...rows.stays].filter((stay) => !stay.departed_at);
  const inBed = new Map(here.flatMap((stay) => (stay.bed_id ? [[stay.bed_id, stay] as const] : [])));

  const beds = [...rows.beds].sort((a, b) => a.position - b.position);
  // At home nobody waits for a bed.
  const waits = (stay: StayRow): TagName[] => (stay.bed_id || beds.length === 0 ? [] : ['no_bed']);

  const place = (bed: BedRow | null, stay: StayRow | null): Place => {
    const valid = stay ? validSets(sets.get(stay.stay_id) ?? []) : [];
    const set = valid.at(-1);
    const task = (stay ? (tasks.get(stay.stay_id) ?? []) : [])
      .filter((row) => row.kind === 'observation' && isOpen(row))
      .sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at))[0];
    return {
      id: bed?.bed_id ?? stay?.stay_id ?? '',
      bed,
      stay,
      patient: stay ? (patients.get(stay.patient_id) ?? null) : null,
      set: set ?? null,
      figure: figure(set),
      change: change(set, valid.at(-2)),
      task: task ?? null,
      timing: task ? timing(task, nowMs) : null,
      mine: stay !== null && staffId !== null && stay.owner_staff_id === staffId,
      tags: stay ? [...waits(stay), ...tagsOf(stay, set, duties.get(stay.stay_id), nowMs)] : [],
    };
  };

  const waiting = here.filter((stay) => !stay.bed_id);
  return [
    ...beds.map((bed) => place(bed, inBed.get(bed.bed_id) ?? null)),
    ...waiting.map((stay) => place(null, stay)),
  ];
}

/** Letters that a search meets whatever keyboard wrote them: composed, without marks, in lower case. */
export function searchable(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .normalize('NFC')
    .toLowerCase();
}
