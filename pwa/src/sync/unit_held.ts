/** Entries that the server holds and that the person at this tablet may answer, whatever tablet brought them. Pure. */
import type { HeldEntryRow } from '../schemas';

/** Who answers: the author her own, who leads the unit any. */
export type Answering = { staff_id: string | null; leads: boolean };

/** Those that wait for an answer of hers, oldest first; `shown`: the entries that this tablet's own tray has. */
export function heldForHer(
  held: readonly HeldEntryRow[],
  { staff_id, leads }: Answering,
  shown: ReadonlySet<string>,
): HeldEntryRow[] {
  return held
    .filter(({ resolution }) => !resolution || (resolution === 'handed_over' && leads))
    .filter(({ author_staff_id }) => leads || (staff_id !== null && author_staff_id === staff_id))
    .filter(({ held_entry_id }) => !shown.has(held_entry_id))
    .sort((a, b) => a.held_at.localeCompare(b.held_at));
}
