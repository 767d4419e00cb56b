/** Raising an SOS: kept at once with what is known; a position that comes later asks anew with it. */
import { shell } from '../app/shell.svelte';
import { keep } from '../sync/keep.svelte';
import { rows } from '../sync/store.svelte';
import { lastPosition, positionNow } from './position';

/** A satellite needs its time; nothing waits for it. */
const POSITION_WITHIN_MS = 8000;

/** The visit in which this person is. */
function visitOf(staff_id: string | undefined): string | undefined {
  return rows('visit').find((visit) => visit.state === 'started' && visit.started?.staff_id === staff_id)
    ?.visit_id;
}

/** Resolves when the SOS is safe on this tablet; false when it is not. */
export async function raiseSos(unit_id: string): Promise<boolean> {
  const visit_id = visitOf(shell.person?.staff_id);
  const about = { unit_id, ...(visit_id ? { visit_id } : {}) };
  const known = lastPosition();
  if (!(await keep('sos_raised', { ...about, ...(known ? { position: known } : {}) }))) return false;
  if (!known)
    void positionNow(POSITION_WITHIN_MS).then(
      (position) => position && shell.person && keep('sos_raised', { ...about, position }),
    );
  return true;
}
