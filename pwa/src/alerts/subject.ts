/** Whom an alert is about, as far as this tablet knows. */
import { shell } from '../app/shell.svelte';
import type { AlertRow, BedRow, HomeRow, PatientRow, StaffRow, StayRow, VitalSignsRow } from '../schemas';
import { row, rows } from '../sync/store.svelte';
import { validSets } from '../vitals/sets';

export interface Subject {
  stay: StayRow | undefined;
  patient: PatientRow | undefined;
  bed: BedRow | undefined;
  sets: VitalSignsRow[];
}

/** Who needs help, and in whose home she is. */
export interface InNeed {
  staff: StaffRow | undefined;
  /** Whom she visits and where: of patients nothing is said while nobody holds the tablet. */
  visited: PatientRow | undefined;
  home: HomeRow | undefined;
}

/** Whom an SOS is about; undefined for any other alert. Reading it in a template follows the store. */
export function inNeed(alert: AlertRow): InNeed | undefined {
  if (alert.cause !== 'sos') return undefined;
  const visit = shell.person && alert.visit_id ? row('visit', alert.visit_id) : undefined;
  const stay = visit ? row('stay', visit.stay_id) : undefined;
  return {
    staff: alert.raised_by_staff_id ? row('staff', alert.raised_by_staff_id) : undefined,
    visited: stay ? row('patient', stay.patient_id) : undefined,
    home: visit ? rows('home').find((home) => home.stay_id === visit.stay_id) : undefined,
  };
}

/** Reading it in a template follows the store. An SOS is of no stay: all is empty. */
export function subjectOf(alert: AlertRow): Subject {
  const stay = alert.stay_id ? row('stay', alert.stay_id) : undefined;
  return {
    stay,
    patient: stay ? row('patient', stay.patient_id) : undefined,
    bed: stay?.bed_id ? row('bed', stay.bed_id) : undefined,
    sets: stay ? validSets(rows('vital_signs').filter((set) => set.stay_id === stay.stay_id)) : [],
  };
}
