/** What a pause, a stop and its review say at an instant: the server's words of the same names. */
import { expect, test } from 'vitest';
import { isReviewOverdue, isStopped, observes } from './duty_state';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const [paused_at, review_at] = ['2026-11-22T11:00:00Z', '2026-11-22T12:00:00Z'];

test('a stop holds only while now is before its review, and observations answer again afterwards', () => {
  const stop = { stopped: true, review_at };
  expect([isStopped(stop, START - 1), observes(stop, START - 1), isReviewOverdue(stop, START - 1)]).toEqual([
    ...[true, false, false],
  ]);
  expect([isStopped(stop, START), observes(stop, START), isReviewOverdue(stop, START)]).toEqual([
    ...[false, true, true],
  ]);
});

test('a pause goes on beside a stop whose review has passed', () => {
  expect(observes({ stopped: true, review_at, paused_at }, START)).toBe(false);
});

test('a modified response leaves observations due, and its review is overdue in its time', () => {
  const modified = { response_modified: true, review_at };
  expect([observes(modified, START - 1), isReviewOverdue(modified, START - 1)]).toEqual([true, false]);
  expect(isReviewOverdue(modified, START)).toBe(true);
  expect(observes(undefined, START)).toBe(true);
});
