/** The server's rows as this tablet has them: one map a feed, changed only by changes and snapshots. */
import type { Change, SnapshotRow } from './contract.ts';

export type Rows = Map<string, SnapshotRow>;

/** The key of a row among its feed's rows. */
export function rowKey(type: string, id: string): string {
  return `${type}/${id}`;
}

/** Applies changes in place, in order; `exit` takes every row of the stay away. Returns the rows that came or went, by key. */
export function applyChanges(rows: Rows, changes: readonly Change[]): Map<string, SnapshotRow | null> {
  const touched = new Map<string, SnapshotRow | null>();
  for (const { type, id, version, row } of changes) {
    if (type === 'exit') {
      for (const [key, kept] of rows) {
        if (!isOfStay(kept, id)) continue;
        rows.delete(key);
        touched.set(key, null);
      }
      continue;
    }
    const key = rowKey(type, id);
    if (row === null) rows.delete(key);
    else rows.set(key, { type, id, version, row });
    touched.set(key, row === null ? null : { type, id, version, row });
  }
  return touched;
}

/** A feed's rows as a snapshot has them. */
export function rowsOfSnapshot(rows: readonly SnapshotRow[]): Rows {
  return new Map(rows.map((row) => [rowKey(row.type, row.id), row]));
}

/** Whether a batch of changes takes a patient off the tablet: storage must then be rewritten, not appended to. */
export function takesAway(changes: readonly Change[]): boolean {
  return changes.some((change) => change.type === 'exit');
}

function isOfStay(kept: SnapshotRow, stay_id: string): boolean {
  // What waits for an answer does not leave with the patient.
  if (kept.type === 'held_entry') return false;
  if (kept.type === 'stay') return kept.id === stay_id;
  const { row } = kept;
  return typeof row === 'object' && row !== null && 'stay_id' in row && row.stay_id === stay_id;
}
