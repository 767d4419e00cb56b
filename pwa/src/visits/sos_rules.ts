/** What an SOS and its end will have done, before the server says so. */
import type { AlertRow } from '../schemas';
import type { OptimisticRules } from '../sync/overlay';
import type { RowReader } from '../sync/rows';

const DEGREE = 10_000_000;

/** The SOS of a person that goes on; a second press asks about the same one anew. */
export function sosOf(staff_id: string, store: Pick<RowReader, 'rows'>): AlertRow | undefined {
  return store
    .rows('alert')
    .find((alert) => alert.cause === 'sos' && alert.raised_by_staff_id === staff_id && !alert.ended_at);
}

export const SOS_RULES: OptimisticRules = {
  sos_raised: ({ entry_id, staff_id, body }, store) => {
    const { visit_id = null, position, observed_at } = body;
    const place = position && {
      position: `${(position.latitude_e7 / DEGREE).toFixed(5)}, ${(position.longitude_e7 / DEGREE).toFixed(5)}`,
      accuracy_m: position.accuracy_m,
    };
    const told = {
      text_key: place ? 'alert.sos.at' : 'alert.sos.raised',
      text_params: { observed_at, press: entry_id, ...(place ?? {}) },
      visit_id,
    };
    const known = sosOf(staff_id, store);
    // Asked anew: whoever was going before is not yet coming now.
    const anew = {
      state: 'open' as const,
      accepted_by_staff_id: null,
      attend_by_at: null,
      snoozed_until_at: null,
    };
    if (known) return [{ type: 'alert', id: known.alert_id, row: { ...known, ...told, ...anew } }];
    const alert: AlertRow = {
      ...{ alert_id: entry_id, alert_class: 'red', cause: 'sos', cause_id: staff_id, state: 'open' },
      ...{ began_at: observed_at, round: 1, step: 'charge', steps: [], policy_version: 1 },
      ...{ raised_by_staff_id: staff_id, ...told },
    };
    return [{ type: 'alert', id: entry_id, row: alert }];
  },
  sos_ended: ({ staff_id, body }, store) => {
    const alert = sosOf(body.staff_id, store);
    // She can not end it herself: somebody else must have spoken with her.
    if (!alert || staff_id === body.staff_id) return [];
    // Who did not know that she has pressed again ends nothing.
    if ((body.press ?? undefined) !== alert.text_params?.['press']) return [];
    const over = { state: 'resolved' as const, ended_at: body.observed_at, ended_why: `sos_${body.outcome}` };
    return [{ type: 'alert', id: alert.alert_id, row: { ...alert, ...over } }];
  },
};
