/** What becomes of a visit when somebody says something of it, as the server has it (backend/visits/rules). Pure. */
import type { Flag, NotVisitedReason, VisitMoment, VisitRow } from '../schemas';

/** The visit afterwards, and whether the word took effect on its care task. */
export type Decision = { visit: VisitRow; took: boolean };
export type Word = { staff_id: string; at: string };

const CLOSED = { reason: null, reason_text: null, closed_at: null, closed_by_staff_id: null };

export const tookPlace = ({ state }: VisitRow) => state === 'started' || state === 'ended';

function flagged(visit: VisitRow, flags: readonly Flag[], took = true): Decision {
  const known = visit.flags ?? [];
  return { visit: { ...visit, flags: [...known, ...flags.filter((flag) => !known.includes(flag))] }, took };
}

/** A word about the plan of a visit that is not planned any more changes nothing. */
function tooLate(visit: VisitRow): Decision | undefined {
  if (tookPlace(visit)) return flagged(visit, ['visit_began'], false);
  return visit.state === 'planned' ? undefined : { visit, took: false };
}

/** Another nurse goes, or nobody yet. */
export function reassigned(visit: VisitRow, staff_id: string | null): Decision {
  return tooLate(visit) ?? { visit: { ...visit, staff_id }, took: (visit.staff_id ?? null) !== staff_id };
}

/** Another window. */
export function rescheduled(visit: VisitRow, window_from_at: string, window_to_at: string): Decision {
  return tooLate(visit) ?? { visit: { ...visit, window_from_at, window_to_at }, took: true };
}

/** No longer wanted; one that took place is never cancelled. */
export function cancelled(visit: VisitRow, { staff_id, at }: Word, reason: string): Decision {
  const closed = { reason_text: reason, closed_at: at, closed_by_staff_id: staff_id };
  return tooLate(visit) ?? { visit: { ...visit, state: 'cancelled', ...closed }, took: true };
}

/** It did not take place. Of one that goes on, only who began it may say so: she stood before a closed door. */
export function notDone(
  visit: VisitRow,
  { staff_id, at }: Word,
  reason: NotVisitedReason,
  text: string | null,
): Decision {
  if (visit.state === 'not_done') return flagged(visit, ['also_not_done'], false);
  const others = visit.state === 'started' && visit.started?.staff_id !== staff_id;
  if (visit.state === 'ended' || others) return flagged(visit, ['not_done_after_done'], false);
  const closed = { reason, reason_text: text, closed_at: at, closed_by_staff_id: staff_id };
  return flagged(
    { ...visit, state: 'not_done', ...closed },
    visit.state === 'cancelled' ? ['not_done_after_cancel'] : [],
  );
}

/** What was said of the visit and is not so, for somebody was there; and that another nurse was to go. */
function overruled(visit: VisitRow, there: VisitMoment): Flag[] {
  const flags: Flag[] = [];
  if (visit.state === 'cancelled') flags.push('done_after_cancel');
  if (visit.state === 'not_done') flags.push('done_after_not_done');
  if (visit.staff_id && visit.staff_id !== there.staff_id) flags.push('another_nurse');
  return flags;
}

/** The nurse is there: it beats every plan, and she answers for it from now on. One after the end is filled in. */
export function started(visit: VisitRow, moment: VisitMoment): Decision {
  if (visit.started) return flagged(visit, ['also_done'], false);
  const state = visit.state === 'ended' ? 'ended' : 'started';
  const began: VisitRow = { ...visit, ...CLOSED, state, started: moment, staff_id: moment.staff_id };
  return flagged(began, overruled(visit, moment), state === 'started');
}

/** It took place, whatever was planned or said meanwhile; the first end stands. */
export function ended(visit: VisitRow, moment: VisitMoment): Decision {
  if (visit.state === 'ended') return flagged(visit, ['also_done'], false);
  const over: VisitRow = { ...visit, ...CLOSED, state: 'ended', ended: moment, staff_id: moment.staff_id };
  return flagged(over, overruled(visit, moment));
}
