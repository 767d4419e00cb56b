/** Placements as screens make them: kept on this tablet at once, with an offer to take them back. */
import { t } from '../app/i18n/index.svelte';
import { offerUndo } from '../app/undo.svelte';
import { discard } from '../sync/answers';
import { keep } from '../sync/keep.svelte';
import type { Tile, Waiting } from './map';

/** Takes the placement of an entry back. */
export async function takeBack(stay_id: string, cancels: string): Promise<boolean> {
  return (await keep('placement_cancelled', { stay_id, cancels })) !== null;
}

/** Puts a patient into a bed of the unit; the claim of another bed that waited for an answer is answered by it. */
export async function giveBed({ stay, patient, held }: Waiting, { bed }: Tile): Promise<boolean> {
  const { stay_id } = stay;
  const moved = await keep('bed_assigned', { stay_id, bed_id: bed.bed_id });
  if (!moved) return false;
  if (held)
    await discard({ entry_id: held.held_entry_id, local: false }, t('beds.given', { bed: bed.label }));
  offerUndo(t('beds.was_moved', { bed: bed.label, name: patient?.name ?? '' }), () => {
    void takeBack(stay_id, moved);
  });
  return true;
}
