import { expect, test } from 'vitest';
import escalation from '$shared/reference/escalation.json';
import { choiceOf } from './interval_choice';

const { observation } = escalation.policy;
const ADMITTED = Date.parse('2026-11-22T00:00:00Z');
const hour = (hours: number) => ADMITTED + hours * 3_600_000;

test.each([
  [30, false],
  [240, false],
  [360, true],
])('every %i minutes, where the score asks for four hours, is longer: %s', (minutes, longer) => {
  expect(choiceOf(minutes, 240, observation, ADMITTED, hour(30)).longer).toBe(longer);
});

test.each([
  [480, 23, 240],
  [480, 24, null],
  [240, 1, null],
])('every %i minutes in hour %i: the first day says %s', (minutes, at, early) => {
  expect(choiceOf(minutes, 720, observation, ADMITTED, hour(at)).early).toBe(early);
});
