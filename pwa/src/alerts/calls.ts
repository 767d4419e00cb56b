/** Who else is asked on this tablet: signed in here, while a colleague holds it or nobody does. Pure. */
import type { AlertRow } from '../schemas';
import { askedOf } from './asked';

/** Somebody whom this tablet has to call: her alerts in the order in which they must be answered, never empty. */
export interface Call {
  staff_id: string;
  alerts: AlertRow[];
}

/** The people signed in here but not at the tablet whom an alert asks now; those with a red first. */
export function callsFor(
  alerts: readonly AlertRow[],
  signed_in: Iterable<string>,
  at_the_tablet: string | null,
): Call[] {
  const others = [...new Set(signed_in)].filter((staff_id) => staff_id !== at_the_tablet).sort();
  const calls = others
    .map((staff_id) => ({ staff_id, alerts: askedOf(alerts, staff_id) }))
    .filter((call) => call.alerts.length > 0);
  const isRed = ({ alerts: [first] }: Call) => first?.alert_class === 'red';
  return [...calls.filter(isRed), ...calls.filter((call) => !isRed(call))];
}
