/** Raising an SOS: kept at once with what is known; a position that comes later asks anew with it. */
import { shell } from '../app/shell.svelte';
import { keep } from '../sync/keep.svelte';
import { rows } from '../sync/store.svelte';
import { lastPosition, positionNow } from './position';
import { visitOf } from './sos';

/** A satellite needs its time; nothing waits for it. */
const POSITION_WITHIN_MS = 8000;

/** Resolves when the SOS is safe on this tablet; false when it is not. */
export async function raiseSos(unit_id: string): Promise<boolean> {
  const visit_id = visitOf(shell.person?.staff_id, rows('visit'));
  const about = { unit_id, ...(visit_id ? { visit_id } : {}) };
  const known = lastPosition();
  if (!(await keep('sos_raised', { ...about, ...(known ? { position: known } : {}) }))) return false;
  if (!known)
    void positionNow(POSITION_WITHIN_MS).then(
      (position) => position && shell.person && keep('sos_raised', { ...about, position }),
    );
  return true;
}
