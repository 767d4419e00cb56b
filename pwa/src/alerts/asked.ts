/** Which alerts ask this person now, in the order in which they must be answered. */
import type { AlertRow, AlertStep, Policy } from '../schemas';

const RANK: Record<AlertRow['alert_class'], number> = { red: 0, amber: 1, plain: 2 };

/** Still waiting for an answer: open, or put off. */
export function isUnanswered(alert: AlertRow): boolean {
  return alert.state === 'open' || alert.state === 'snoozed';
}

/** The step at which this person was asked last; everyone asked keeps the alert until it is answered. */
export function myStep(alert: AlertRow, staff_id: string | null): AlertStep | undefined {
  return alert.steps.filter((step) => step.staff_id === staff_id && wasAsked(step)).at(-1);
}
const SKIPPED = new Set<string>(['nobody', 'off_duty', 'on_break', 'declined_before', 'asked_before']);

/** An asking, not a skip or the outside channel. */
export function wasAsked(step: AlertStep): boolean {
  return Boolean(step.staff_id) && !SKIPPED.has(step.why_ended ?? '');
}

/** Open alerts that ask `staff_id` and that she has not declined: reds one by one, then amber, then plain, oldest first. */
export function askedOf(alerts: Iterable<AlertRow>, staff_id: string | null): AlertRow[] {
  if (staff_id === null) return [];
  return inOrder(
    [...alerts].filter((alert) => {
      const step = myStep(alert, staff_id);
      return alert.state === 'open' && step !== undefined && step.why_ended !== 'declined';
    }),
  );
}

/** Class, then age. */
export function inOrder(alerts: AlertRow[]): AlertRow[] {
  return alerts.sort(
    (a, b) =>
      RANK[a.alert_class] - RANK[b.alert_class] ||
      Date.parse(a.began_at) - Date.parse(b.began_at) ||
      a.alert_id.localeCompare(b.alert_id),
  );
}

/** For how many minutes an alert may be put off by the policy of its unit (rule 5); null: not again. `time`: the unit's, HH:MM. */
export function snoozeMinutes(alert: AlertRow, policy: Policy, time: string): number | null {
  const night = alert.alert_class === 'plain' && isNight(policy, time);
  const values = night ? policy.plain_night : policy.classes[alert.alert_class];
  return values && (alert.snoozes ?? 0) < values.snoozes ? values.snooze_minutes : null;
}

/** Rule 10: the unit's night, which may pass midnight; its first minute is night, its last is day. */
export function isNight({ night_from, night_until }: Policy, time: string): boolean {
  const [begun, over] = [time >= night_from, time >= night_until];
  return night_from <= night_until ? begun && !over : begun || !over;
}

/** Colleagues' plain alerts of one bay: one line with one answer for the person in charge (rule 11). */
export interface Bundle {
  bay: string;
  alerts: AlertRow[];
}

/** Plain alerts that reached this person as the one in charge, by bay; a bay with a single one stays alone. */
export function bundles(
  plain: readonly AlertRow[],
  staff_id: string | null,
  bayOf: (alert: AlertRow) => string | undefined,
): { bundled: Bundle[]; alone: AlertRow[] } {
  const bays = new Map<string, AlertRow[]>();
  for (const alert of plain) {
    const bay = myStep(alert, staff_id)?.step === 'charge' ? bayOf(alert) : undefined;
    if (bay !== undefined) bays.set(bay, [...(bays.get(bay) ?? []), alert]);
  }
  const bundled = [...bays]
    .filter(([, alerts]) => alerts.length > 1)
    .map(([bay, alerts]) => ({ bay, alerts }))
    .sort((a, b) => a.bay.localeCompare(b.bay));
  const inside = new Set(bundled.flatMap(({ alerts }) => alerts));
  return { bundled, alone: plain.filter((alert) => !inside.has(alert)) };
}
