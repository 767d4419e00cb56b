/** What a coordinator decides about visits, as entries; who goes can be taken back for ten seconds. */
import { t } from '../app/i18n/index.svelte';
import { offerUndo } from '../app/undo.svelte';
import type { SosOutcome, VisitRow } from '../schemas';
import { keep } from '../sync/keep.svelte';
import { isPending, row, versionOf } from '../sync/store.svelte';

/** What this tablet shows of the visit: who knew less changes nothing. Of her own unsent words the last counts. */
function seen(visit_id: string): { base_version?: number } {
  const version = isPending('visit', visit_id) ? undefined : versionOf('visit', visit_id);
  return version === undefined ? {} : { base_version: version };
}

/** Another nurse goes, or nobody yet. */
export async function give(visit: VisitRow, staff_id: string | null): Promise<boolean> {
  const { visit_id, stay_id, staff_id: before = null } = visit;
  if (!(await keep('visit_reassigned', { stay_id, visit_id, staff_id, ...seen(visit_id) }))) return false;
  const patient = row('patient', row('stay', stay_id)?.patient_id)?.name ?? '–';
  const name = row('staff', staff_id)?.name;
  const told = name ? t('coordinator.given', { patient, name }) : t('coordinator.given_nobody', { patient });
  offerUndo(told, () => void keep('visit_reassigned', { stay_id, visit_id, staff_id: before }));
  return true;
}

/** Another window. */
export function move(
  { visit_id, stay_id }: VisitRow,
  window: { window_from_at: string; window_to_at: string },
): Promise<string | null> {
  return keep('visit_rescheduled', { stay_id, visit_id, ...window, ...seen(visit_id) });
}

/** No longer wanted, with the reason in her words. */
export function cancel({ visit_id, stay_id }: VisitRow, reason: string): Promise<string | null> {
  return keep('visit_cancelled', { stay_id, visit_id, reason });
}

/** Who has spoken with the nurse says how she is; `press` is the latest of hers that was known then. */
export function endSos(
  unit_id: string,
  staff_id: string,
  outcome: SosOutcome,
  press: string | undefined,
): Promise<string | null> {
  return keep('sos_ended', { unit_id, staff_id, outcome, ...(press ? { press } : {}) });
}

/** What was typed with commas, a thing each: no more than an entry holds. */
export function listed(text: string): string[] {
  return text
    .split(/[,，、]/)
    .map((each) => each.trim())
    .filter(Boolean)
    .slice(0, 30);
}
