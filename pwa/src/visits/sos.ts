/** How an SOS of hers stands, as far as this tablet knows: she must know whether anybody has heard. Pure. */
import { wasAsked } from '../alerts/asked';
import type { AlertRow, SosOutcome, VisitRow } from '../schemas';

/** So long she is told that it has ended, and how. */
const TOLD_FOR_MS = 15 * 60_000;

export type SosState =
  /** On this tablet only: she must call. */
  | { kind: 'kept' }
  /** The server has it; nobody could be asked yet. */
  | { kind: 'sent' }
  | { kind: 'asked'; staff_ids: string[] }
  | { kind: 'coming'; staff_id: string; at: string | null }
  | { kind: 'ended'; at: string; outcome: SosOutcome };

const OUTCOMES: Record<string, SosOutcome> = {
  ...{ sos_safe: 'safe', sos_helped: 'helped', sos_false_alarm: 'false_alarm' },
};

/** The visit in which this person is: one that she forgot to end is not where help is sent. */
export function visitOf(staff_id: string | undefined, visits: readonly VisitRow[]): string | undefined {
  const begun = (visit: VisitRow) => Date.parse(visit.started?.observed_at ?? '');
  return visits
    .filter((visit) => visit.state === 'started' && visit.started?.staff_id === staff_id)
    .sort((a, b) => begun(b) - begun(a))[0]?.visit_id;
}

/** The state of the SOS that `staff_id` raised last; undefined when there is none to tell of. */
export function sosState(
  alerts: Iterable<AlertRow>,
  staff_id: string | null,
  isPending: (alert_id: string) => boolean,
  now_ms: number,
): SosState | undefined {
  const hers = [...alerts]
    .filter((alert) => alert.cause === 'sos' && alert.raised_by_staff_id === staff_id)
    .sort((a, b) => Date.parse(b.began_at) - Date.parse(a.began_at));
  const open = hers.find((alert) => !alert.ended_at);
  if (open) return isPending(open.alert_id) ? { kind: 'kept' } : standing(open);
  const last = hers[0];
  const outcome = OUTCOMES[last?.ended_why ?? ''];
  if (!last?.ended_at || !outcome || now_ms - Date.parse(last.ended_at) > TOLD_FOR_MS) return undefined;
  return { kind: 'ended', at: last.ended_at, outcome };
}

function standing({ state, accepted_by_staff_id, steps }: AlertRow): SosState {
  if (state === 'accepted' && accepted_by_staff_id) {
    const said = steps.findLast((step) => step.staff_id === accepted_by_staff_id && step.answered_at);
    return { kind: 'coming', staff_id: accepted_by_staff_id, at: said?.answered_at ?? null };
  }
  const staff_ids = [...new Set(steps.filter(wasAsked).flatMap((step) => step.staff_id ?? []))];
  return staff_ids.length ? { kind: 'asked', staff_ids } : { kind: 'sent' };
}
