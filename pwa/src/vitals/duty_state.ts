/** What a pause, a stop and its review say at an instant, as the server judges it. Pure. */
import type { ObservationDutyRow } from '../schemas';
import { asks, type Taken } from './taken';

type Duty = Pick<ObservationDutyRow, 'paused_at' | 'stopped' | 'response_modified' | 'review_at'>;

/** The patient is here. */
export const PRESENT = {
  pause_reason: null,
  paused_at: null,
  paused_by_staff_id: null,
  expected_return_at: null,
};

/** A stop holds until its review is due: silence lasts as long as the prescriber said. */
function holds({ review_at }: Duty, at_ms: number): boolean {
  return Boolean(review_at) && at_ms < Date.parse(review_at ?? '');
}

/** Whether observations are stopped now. */
export function isStopped(duty: Duty | undefined, at_ms: number): boolean {
  return Boolean(duty?.stopped && holds(duty, at_ms));
}

/** Whether sets are due: observations are neither paused nor stopped. */
export function observes(duty: Duty | undefined, at_ms: number): boolean {
  return !duty?.paused_at && !isStopped(duty, at_ms);
}

/** Whether a stop or a modified response waits for a decision that was to be made by now. */
export function isReviewOverdue(duty: Duty | undefined, at_ms: number): boolean {
  return Boolean((duty?.stopped || duty?.response_modified) && !holds(duty, at_ms));
}

/** A set that was taken since the patient went, and is complete or asks for a response: she is not away. */
export function isBack(paused_at: string | null | undefined, one: Taken): boolean {
  return Boolean(paused_at) && one.at > Date.parse(paused_at ?? '') && (one.complete || asks(one));
}

/** Whether this set ends the pause; a stop beside it goes on. */
export function endsPause(duty: Duty | undefined, one: Taken, at_ms: number): boolean {
  return isBack(duty?.paused_at, one) && observes({ ...duty, paused_at: null }, at_ms);
}
