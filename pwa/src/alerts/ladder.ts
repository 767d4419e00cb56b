/** Who can still be asked about an alert, from the duty rows, as the server's `must_name` finds it (rule 4). Pure. */
import type { AlertRow, AlertStep, DutyRow, StayRow, Step } from '../schemas';
import { wasAsked } from './asked';

const ORDER: readonly Step[] = ['assignee', 'buddy', 'charge', 'duty'];
/** With these a climb ended; what came after it began anew. */
const CLIMB_ENDED = new Set<AlertStep['why_ended']>(['accepted', 'answered', 'snoozed']);

type Person = { staff_id: string; there: boolean };
/** Who answers for a stay, by step; a step with nobody is absent. */
export type Ladder = { readonly [step in Step]?: Person | undefined };

/** For whom people answer: an SOS is of no stay, and nobody is its owner; it is of the unit that this tablet follows. */
export function answeredBy(
  alert: Pick<AlertRow, 'cause'>,
  stay: StayRow | undefined,
  tablet_unit_id: string | undefined,
): Pick<StayRow, 'unit_id' | 'owner_staff_id'> | undefined {
  if (alert.cause !== 'sos') return stay;
  return tablet_unit_id ? { unit_id: tablet_unit_id, owner_staff_id: null } : undefined;
}

/** The four of one stay: an owner who went home is named, but is not there. */
export function ladderOf(
  stay: Pick<StayRow, 'unit_id' | 'owner_staff_id'>,
  duties: readonly DutyRow[],
  now_ms: number,
): Ladder {
  const latest = new Map<string, DutyRow>();
  const posts = new Map<DutyRow['post'], DutyRow>();
  const turns = duties
    .filter((duty) => duty.unit_id === stay.unit_id)
    .sort(
      (a, b) =>
        Number(!a.ended_at) - Number(!b.ended_at) || Date.parse(a.started_at) - Date.parse(b.started_at),
    );
  for (const turn of turns) {
    latest.set(turn.staff_id, turn);
    if (!turn.ended_at) posts.set(turn.post, turn);
  }
  const person = (staff_id: string | null | undefined): Person | undefined =>
    staff_id ? { staff_id, there: isThere(latest.get(staff_id), now_ms) } : undefined;
  return {
    assignee: person(stay.owner_staff_id),
    buddy: person(latest.get(stay.owner_staff_id ?? '')?.buddy_staff_id),
    charge: person(posts.get('charge')?.staff_id),
    duty: person(posts.get('on_call')?.staff_id),
  };
}

/** On duty and not on a break; one with an announced end is over then. */
function isThere(turn: DutyRow | undefined, now_ms: number): boolean {
  if (!turn || turn.ended_at) return false;
  if (!turn.break_started_at) return true;
  return Boolean(turn.break_until_at && now_ms >= Date.parse(turn.break_until_at));
}

/** Rule 4: when nobody but her is left to be asked about a red, she can only accept or name who will. */
export function mustName(
  alert: AlertRow,
  staff_id: string | null,
  ladder: Ladder,
  climbsToDuty: boolean,
): boolean {
  if (alert.alert_class !== 'red' || staff_id === null) return false;
  const asked = alert.steps.filter(wasAsked);
  if (asked.some((step) => !step.ended_at && step.staff_id !== staff_id)) return false;
  const from =
    1 + Math.max(0, ...asked.filter((step) => CLIMB_ENDED.has(step.why_ended)).map((step) => step.round));
  const thisClimb = new Set(asked.filter((step) => step.round >= from).map((step) => step.staff_id));
  const lastWords = new Map(asked.map((step) => [step.staff_id, step.why_ended]));
  const top = climbsToDuty ? 3 : 2;
  const again = alert.step === 'assignee' && ladder.assignee && !thisClimb.has(ladder.assignee.staff_id);
  const next = again ? 0 : Math.min(ORDER.indexOf(alert.step) + 1, top);
  return !ORDER.slice(next, top + 1).some((step) => {
    const person = ladder[step];
    // Who raised it is not asked about herself.
    const herself = person?.staff_id === alert.raised_by_staff_id;
    return (
      !herself &&
      person?.there &&
      !thisClimb.has(person.staff_id) &&
      lastWords.get(person.staff_id) !== 'declined'
    );
  });
}
