/** Which set of a stay governs, and how it compares with the one before. */
import type { VitalSignsRow } from '../schemas';

/** Sets that count, oldest first: corrected and struck-out ones are left out. */
export function validSets(rows: Iterable<VitalSignsRow>): VitalSignsRow[] {
  return [...rows]
    .filter((row) => !row.superseded_by && !row.entered_in_error)
    .sort(
      (a, b) => Date.parse(a.observed_at) - Date.parse(b.observed_at) || a.entry_id.localeCompare(b.entry_id),
    );
}

/** The figure a list shows: the total, or the lower bound of an incomplete set; null: no score. */
export function figure(row: VitalSignsRow | undefined): number | null {
  if (!row || row.score.no_score) return null;
  return row.score.total ?? row.score.lower_bound ?? 0;
}

/** Difference of two sets' figures; null where either has none. */
export function change(newer: VitalSignsRow | undefined, older: VitalSignsRow | undefined): number | null {
  const [now, before] = [figure(newer), figure(older)];
  return now === null || before === null ? null : now - before;
}
