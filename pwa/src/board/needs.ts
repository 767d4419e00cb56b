/** "Needs an answer": unanswered alerts, red, amber, plain, the oldest first. Pure. */
import { inOrder, isUnanswered, wasAsked } from '../alerts/asked';
import type { AlertRow, Policy } from '../schemas';
import type { Facts } from './facts';

/** More are told as a number. */
export const LINES = 5;

export interface Need {
  alert: AlertRow;
  stay_id: string | null;
  age_ms: number;
  /** Who is being asked now; nobody while it is put off. */
  asked: string[];
  /** "step 2 of 4". */
  step: number;
  steps: number;
  /** The last person who was passed over, and why: "on a break". */
  passed: { staff_id: string; why: NonNullable<AlertRow['steps'][number]['why_ended']> } | undefined;
}

export interface Needs {
  lines: Need[];
  more: Need[];
  /** The oldest of all, wherever it stands. */
  oldest: Need | undefined;
  /** When the last one was answered or ended (ms); null: this tablet knows of none. */
  quiet_since: number | null;
}

export function needsOf({ alerts, policy, now_ms }: Pick<Facts, 'alerts' | 'policy' | 'now_ms'>): Needs {
  const all = inOrder(alerts.filter(isUnanswered)).map((alert) => needOf(alert, policy, now_ms));
  const answered = alerts.filter((alert) => !isUnanswered(alert)).map(answeredAt);
  return {
    lines: all.slice(0, LINES),
    more: all.slice(LINES),
    oldest: [...all].sort((a, b) => b.age_ms - a.age_ms)[0],
    quiet_since: answered.length ? Math.max(...answered) : null,
  };
}

/** When it last stopped being unanswered (ms): somebody said that she goes, or its cause ended. */
function answeredAt({ steps, ended_at }: AlertRow): number {
  const accepted = steps.filter((step) => step.why_ended === 'accepted').at(-1)?.answered_at;
  return Date.parse(accepted ?? ended_at ?? '') || 0;
}

const ORDER: readonly AlertRow['step'][] = ['assignee', 'buddy', 'charge', 'duty'];

function needOf(alert: AlertRow, policy: Policy, now_ms: number): Need {
  const steps = policy.classes[alert.alert_class]?.climbs_to_duty === false ? 3 : 4;
  const asked = alert.state === 'open' ? askedNow(alert) : [];
  const skip = alert.steps.filter((step) => step.staff_id && !wasAsked(step)).at(-1);
  return {
    alert,
    stay_id: alert.stay_id ?? null,
    age_ms: now_ms - Date.parse(alert.began_at),
    asked,
    step: Math.min(steps, 1 + Math.max(0, ORDER.indexOf(alert.step))),
    steps,
    passed: skip?.staff_id && skip.why_ended ? { staff_id: skip.staff_id, why: skip.why_ended } : undefined,
  };
}

/** Who is being asked about an alert: those whose turn is not over. */
export function askedNow(alert: AlertRow): string[] {
  const running = alert.steps.filter((step) => wasAsked(step) && !step.ended_at);
  return [...new Set(running.flatMap((step) => step.staff_id ?? []))];
}
