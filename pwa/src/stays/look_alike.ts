/** Patients whose names are easily taken for each other. */
import type { PatientRow } from '../schemas';
import { searchable } from './ward';

/** Another patient here with the same name, or one that differs by a single letter; undefined when there is none. */
export function lookAlike(patient: PatientRow, others: Iterable<PatientRow>): PatientRow | undefined {
  const name = searchable(patient.name);
  return [...others].find(
    (other) => other.patient_id !== patient.patient_id && near(name, searchable(other.name)),
  );
}

/** Equal but for one letter changed, left out or added. Names of one to three letters must be equal. */
function near(a: string, b: string): boolean {
  if (a === b) return true;
  if (Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return Math.max(a.length, b.length) - start - end <= 1;
}
