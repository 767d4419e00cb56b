/** Marks and reservations as screens make them: one tap, and an offer to take it back. */
import { t } from '../app/i18n/index.svelte';
import { offerUndo } from '../app/undo.svelte';
import type { Readiness } from '../schemas';
import { keep } from '../sync/keep.svelte';
import type { Tile } from './map';
import { readinessOf, wayBack } from './turns';

/** Marks a bed; taken back, it is what it was since when it was so. */
export async function mark(tile: Tile, readiness: Readiness, reason: string | null = null): Promise<boolean> {
  const { bed, mark: last } = tile;
  const before = readinessOf(tile.state);
  const of = { unit_id: bed.unit_id, bed_id: bed.bed_id };
  const made = await keep('bed_marked', { ...of, readiness, reason, seen_mark_id: last?.mark_id ?? null });
  if (!made || !before) return made !== null;
  const since = before === 'clean' ? last?.marked_at : tile.since_ms && new Date(tile.since_ms).toISOString();
  offerUndo(`${bed.label} · ${t(`beds.state.${readiness === 'clean' ? 'free' : readiness}`)}`, async () => {
    let seen_mark_id: string | null = made;
    for (const step of wayBack(readiness, before)) {
      if (!seen_mark_id) return;
      const why = step === before ? (last?.reason ?? null) : null;
      const at = since ? { observed_at: since } : {};
      seen_mark_id = await keep('bed_marked', { ...of, ...at, readiness: step, reason: why, seen_mark_id });
    }
  });
  return true;
}

/** Keeps a bed for a patient of the hospital, or for whom a line names. */
export async function reserve(
  { bed: { bed_id, unit_id, label } }: Tile,
  whom: { for_stay_id?: string; text?: string },
  until_ms: number,
): Promise<boolean> {
  const until_at = new Date(until_ms).toISOString();
  const made = await keep('bed_reserved', { unit_id, bed_id, ...whom, until_at });
  if (!made) return false;
  offerUndo(`${label} · ${t('beds.state.reserved')}`, () => {
    void keep('bed_reservation_cancelled', { unit_id, reservation_id: made });
  });
  return true;
}

/** A reservation is no longer wanted; taken back, the bed is kept as before. */
export async function release({ bed, reservation }: Tile): Promise<boolean> {
  if (!reservation) return false;
  const { bed_id, unit_id, reservation_id, for_stay_id = null, text = null, until_at } = reservation;
  if (!(await keep('bed_reservation_cancelled', { unit_id, reservation_id }))) return false;
  offerUndo(`${bed.label} · ${t('beds.released')}`, () => {
    void keep('bed_reserved', { unit_id, bed_id, for_stay_id, text, until_at });
  });
  return true;
}
