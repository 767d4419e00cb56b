/** What the board is made of: the rows of one unit at an instant, read once and passed to every part. */
import type { Standing } from '../beds/bed_state';
import type {
  AlertRow,
  BedRow,
  DutyRow,
  HeldEntryRow,
  LossIncidentRow,
  ObservationDutyRow,
  PatientRow,
  Policy,
  StayRow,
  TabletRow,
  TaskRow,
  VitalSignsRow,
} from '../schemas';
import { type Place, wardList } from '../stays/ward';
import { isOpen } from '../tasks/task_state';

export interface BoardRows {
  beds: readonly BedRow[];
  stays: readonly StayRow[];
  patients: readonly PatientRow[];
  sets: readonly VitalSignsRow[];
  tasks: readonly TaskRow[];
  duties: readonly ObservationDutyRow[];
  alerts: readonly AlertRow[];
  turns: readonly DutyRow[];
  tablets: readonly TabletRow[];
  held: readonly HeldEntryRow[];
  losses: readonly LossIncidentRow[];
  /** How each bed stands, by the rule of the beds. */
  standings: ReadonlyMap<string, Standing>;
}

/** The rows of the unit, its policy and the instant (ms), with what several parts need of them. */
export interface Facts extends BoardRows {
  unit_id: string;
  policy: Policy;
  now_ms: number;
  time_zone: string;
  /** Every bed in bed order, then who waits for one. */
  places: Place[];
  /** Patients who are here now, by stay. */
  here: ReadonlyMap<string, Place>;
  /** Open work of patients who are here. */
  open: TaskRow[];
}

/** Gathers the facts; rows of other units, which a tablet may hold too, are left out. */
export function factsOf(
  rows: BoardRows,
  unit_id: string,
  policy: Policy,
  now_ms: number,
  time_zone: string,
): Facts {
  const ours = <T extends { unit_id: string }>(all: readonly T[]) =>
    all.filter((one) => one.unit_id === unit_id);
  const unit_of = new Map(rows.stays.map((stay) => [stay.stay_id, stay.unit_id]));
  const of_unit = {
    ...rows,
    beds: ours(rows.beds),
    stays: ours(rows.stays),
    turns: ours(rows.turns),
    alerts: rows.alerts.filter((alert) => (unit_of.get(alert.stay_id ?? '') ?? unit_id) === unit_id),
  };
  const places = wardList(of_unit, null, now_ms);
  const here = new Map(places.flatMap((place) => (place.stay ? [[place.stay.stay_id, place] as const] : [])));
  const open = rows.tasks.filter((task) => isOpen(task) && here.has(task.stay_id));
  return { ...of_unit, unit_id, policy, now_ms, time_zone, places, here, open };
}

/** "5C"; a patient without a bed has a dash. */
export function bedLabel(facts: Pick<Facts, 'here'>, stay_id: string | null | undefined): string {
  return facts.here.get(stay_id ?? '')?.bed?.label ?? '–';
}
