/** What answers to an alert will have done, before the server says so. */
import type { AlertRow } from '../schemas';
import type { Expected, OptimisticRules } from '../sync/overlay';
import { thisDevice } from '../sync/people.svelte';
import type { RowReader } from '../sync/rows';
import { policyOfUnit } from '../tasks/margins';
import { wallClock } from '../vitals/intervals';
import { zoneOf } from '../vitals/planning';
import { answeredBy } from './ladder';
import { attendLimit, judged } from './standing';

function changed(
  store: RowReader,
  alert_id: string,
  change: (alert: AlertRow) => Partial<AlertRow>,
): Expected[] {
  const alert = store.row('alert', alert_id);
  // An alert that somebody has answered meanwhile stays as the server has it.
  return alert?.state === 'open'
    ? [{ type: 'alert', id: alert_id, row: { ...alert, ...change(alert) } }]
    : [];
}

export const ALERT_RULES: OptimisticRules = {
  alert_accepted: ({ body, staff_id }, store) => {
    const { alert_id, observed_at } = body;
    const before = store.row('alert', alert_id);
    if (!before) return [];
    const at_ms = Date.parse(observed_at);
    // Said before and past its limit by now, it is said anew.
    const alert = judged(before, true, at_ms);
    if (alert.state !== 'open') return [];
    const stay = alert.stay_id ? store.row('stay', alert.stay_id) : undefined;
    const unit_id = answeredBy(alert, stay, thisDevice()?.unit_id)?.unit_id;
    const zone = zoneOf(unit_id, store);
    const attend_by_at = attendLimit(
      alert,
      observed_at,
      policyOfUnit(unit_id, store.rows('policy')),
      wallClock(at_ms, zone),
    );
    const going = { state: 'accepted' as const, accepted_by_staff_id: staff_id, attend_by_at };
    return [{ type: 'alert', id: alert_id, row: { ...alert, ...going } }];
  },
  alert_declined: ({ body, staff_id }, store) =>
    changed(store, body.alert_id, ({ steps }) => ({
      steps: steps.map((step) =>
        step.staff_id === staff_id && !step.ended_at
          ? {
              ...step,
              ended_at: body.observed_at,
              why_ended: 'declined' as const,
              decline_reason: body.reason,
            }
          : step,
      ),
    })),
  alert_sent: ({ entry_id, body, staff_id }, store) =>
    changed(store, body.alert_id, ({ steps, round, step }) => ({
      steps: [
        ...steps,
        {
          ...{ step_id: entry_id, round, step, staff_id: body.to_staff_id },
          began_at: body.observed_at,
          sent_by_staff_id: staff_id,
        },
      ],
    })),
  alert_snoozed: ({ body }, store) =>
    changed(store, body.alert_id, ({ snoozes }) => ({
      state: 'snoozed',
      snoozes: (snoozes ?? 0) + 1,
      snoozed_until_at: new Date(Date.parse(body.observed_at) + body.minutes * 60_000).toISOString(),
    })),
};
