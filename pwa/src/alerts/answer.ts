/** The three answers to an alert, as entries. */

import type { AlertDeclined } from '../schemas';
import { keep } from '../sync/keep.svelte';

export type DeclineReason = AlertDeclined['reason'];
export const DECLINE_REASONS: readonly DeclineReason[] = [
  'with_a_patient',
  'in_isolation',
  'off_the_ward',
  'someone_there',
];

/** "I am going". */
export function accept(alert_id: string): Promise<string | null> {
  return keep('alert_accepted', { alert_id });
}

/** "I can not go", or, from the last person asked about a red, who will. */
export function decline(
  alert_id: string,
  reason: DeclineReason,
  named_staff_id?: string,
): Promise<string | null> {
  return keep('alert_declined', { alert_id, reason, ...(named_staff_id ? { named_staff_id } : {}) });
}

/** Put off, for as long as the class allows. */
export function snooze(alert_id: string, minutes: number): Promise<string | null> {
  return keep('alert_snoozed', { alert_id, minutes });
}
