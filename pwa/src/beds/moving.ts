/** Placements as screens make them: kept on this tablet at once, with an offer to take them back. */
import { t } from '../app/i18n/index.svelte';
import { offerUndo } from '../app/undo.svelte';
import type { BedRow, HeldEntryRow, ObservationsPaused, PatientRow, StayRow, UnitRow } from '../schemas';
import { discard } from '../sync/answers';
import { keep } from '../sync/keep.svelte';
import { row, rows } from '../sync/store.svelte';

const nameOf = (stay: StayRow) => row('patient', stay.patient_id)?.name ?? '';
const labelOf = (bed_id: string | null | undefined) => (bed_id && row('bed', bed_id)?.label) || '–';

/** Takes the placement of an entry back. */
export async function takeBack(stay_id: string, cancels: string): Promise<boolean> {
  return (await keep('placement_cancelled', { stay_id, cancels })) !== null;
}

function offer(text: string, stay_id: string, entry_id: string): true {
  offerUndo(text, () => {
    void takeBack(stay_id, entry_id);
  });
  return true;
}

/** The claim of a taken bed that waits for an answer. */
export function heldClaim(stay_id: string): HeldEntryRow | undefined {
  return rows('held_entry').find(
    (one) => one.stay_id === stay_id && one.reason === 'bed_taken' && !one.resolution,
  );
}

/** Puts a patient into a bed of the unit; a claim of another bed that waited for an answer is answered by it. */
export async function giveBed(stay: StayRow, { bed_id, label }: BedRow): Promise<boolean> {
  const { stay_id } = stay;
  const moved = await keep('bed_assigned', { stay_id, bed_id });
  if (!moved) return false;
  const held = heldClaim(stay_id);
  if (held) await discard({ entry_id: held.held_entry_id, local: false }, t('beds.given', { bed: label }));
  return offer(t('beds.was_moved', { bed: label, name: nameOf(stay) }), stay_id, moved);
}

/** Two patients exchange their beds. */
export async function swap(one: StayRow, other: StayRow): Promise<boolean> {
  if (!one.bed_id || !other.bed_id) return false;
  const text = `${labelOf(other.bed_id)} ${nameOf(one)} · ${labelOf(one.bed_id)} ${nameOf(other)}`;
  const beds = { bed_id: one.bed_id, other_bed_id: other.bed_id };
  const stays = { stay_id: one.stay_id, other_stay_id: other.stay_id };
  const swapped = await keep('beds_swapped', { ...stays, ...beds });
  return swapped !== null && offer(text, one.stay_id, swapped);
}

/** The patient has actually left; the bed is to clean from now. */
export async function discharge(stay: StayRow): Promise<boolean> {
  const text = t('beds.was_discharged', { bed: labelOf(stay.bed_id), name: nameOf(stay) });
  const left = await keep('patient_discharged', { stay_id: stay.stay_id });
  return left !== null && offer(text, stay.stay_id, left);
}

/** Departure is expected, or no longer (null); nothing is freed. */
export async function planDeparture(stay: StayRow, at_ms: number | null): Promise<boolean> {
  const { stay_id, departure_planned_at: before = null } = stay;
  const departure_planned_at = at_ms === null ? null : new Date(at_ms).toISOString();
  if (!(await keep('discharge_planned', { stay_id, departure_planned_at }))) return false;
  offerUndo(`${labelOf(stay.bed_id)} ${nameOf(stay)}`, () => {
    void keep('discharge_planned', { stay_id, departure_planned_at: before });
  });
  return true;
}

/** The patient has come: to a bed, or waiting for one. */
export function offerBack(
  patient: Pick<PatientRow, 'name'>,
  label: string | null,
  stay_id: string,
  entry_id: string,
): void {
  const text = label
    ? t('beds.was_moved', { bed: label, name: patient.name })
    : t('beds.was_admitted', { name: patient.name });
  offer(text, stay_id, entry_id);
}

/** The patient has arrived in another unit. */
export async function transfer(
  stay: StayRow,
  { unit_id: to_unit_id, name: unit }: UnitRow,
): Promise<boolean> {
  const text = t('beds.arrived', { name: nameOf(stay), unit });
  const sent = await keep('patient_transferred', { stay_id: stay.stay_id, to_unit_id });
  return sent !== null && offer(text, stay.stay_id, sent);
}

/** The patient is away for a while and keeps the bed; taken back, a set is due at once. */
export async function goAway(
  stay: StayRow,
  reason: ObservationsPaused['reason'],
  back_ms: number,
): Promise<boolean> {
  const { stay_id } = stay;
  const text = t('beds.was_away', {
    bed: labelOf(stay.bed_id),
    name: nameOf(stay),
    why: t(`stay.pause.${reason}`),
  });
  const expected_return_at = new Date(back_ms).toISOString();
  if (!(await keep('observations_paused', { stay_id, reason, expected_return_at }))) return false;
  offerUndo(text, () => {
    void keep('observations_resumed', { stay_id });
  });
  return true;
}
