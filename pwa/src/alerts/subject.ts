/** Whom an alert is about, as far as this tablet knows. */
import type { AlertRow, BedRow, PatientRow, StayRow, VitalSignsRow } from '../schemas';
import { row, rows } from '../sync/store.svelte';
import { validSets } from '../vitals/sets';

export interface Subject {
  stay: StayRow | undefined;
  patient: PatientRow | undefined;
  bed: BedRow | undefined;
  sets: VitalSignsRow[];
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
