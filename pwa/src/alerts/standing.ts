/** What an answer that waits on this tablet still counts for at an instant. Pure. */
import type { AlertRow, AlertStep, Policy } from '../schemas';
import { isNight, myStep } from './asked';

const MINUTE_MS = 60_000;

/** Until when an outcome is expected of who said at `at` that she goes (rule 3); `time` is the unit's, HH:MM. */
export function attendLimit(alert: AlertRow, at: string, policy: Policy, time: string): string {
  const night = alert.alert_class === 'plain' && isNight(policy, time);
  const values = night ? policy.plain_night : policy.classes[alert.alert_class];
  const since = Math.max(Date.parse(at), Date.parse(alert.began_at));
  return new Date(since + (values?.attend_minutes ?? 0) * MINUTE_MS).toISOString();
}

/** Whether the attend limit of who is going has passed. */
export function isPastAttending(alert: AlertRow, at_ms: number): boolean {
  return (
    alert.state === 'accepted' && Boolean(alert.attend_by_at) && Date.parse(alert.attend_by_at ?? '') <= at_ms
  );
}

/** The alert as the server will have it: an accept that comes after its attend limit is recorded and stops nothing. */
export function judged(alert: AlertRow, pending: boolean, at_ms: number): AlertRow {
  if (!pending || !isPastAttending(alert, at_ms)) return alert;
  const hers = myStep(alert, alert.accepted_by_staff_id ?? null);
  const answered = { answered_at: alert.attend_by_at ?? null, why_ended: 'answered' as const };
  const steps = alert.steps.map(
    (step): AlertStep =>
      step.step_id === hers?.step_id ? { ...step, ended_at: answered.answered_at, ...answered } : step,
  );
  return { ...alert, state: 'open', accepted_by_staff_id: null, attend_by_at: null, steps };
}

/** Whether she has answered an alert that asks all the same: her word is kept, and the asking goes on. */
export function isRecorded(alert: AlertRow, staff_id: string | null): boolean {
  const step = myStep(alert, staff_id);
  const went = step?.why_ended === 'answered' || step?.why_ended === 'accepted';
  return alert.state === 'open' && went && Boolean(step?.answered_at);
}
