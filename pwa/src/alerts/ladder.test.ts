/** Who can not decline: the cases of the server's tests of rule 4. */
import { expect, test } from 'vitest';
import type { AlertRow, AlertStep, DutyRow, Post, Step } from '../schemas';
import { answeredBy, ladderOf, mustName } from './ladder';

const NOW = Date.parse('2026-03-01T09:05:00Z');
const STAY = { unit_id: 'east', owner_staff_id: 'anna' };

const turn = (staff_id: string, post: Post, extra: Partial<DutyRow> = {}): DutyRow => ({
  ...{ duty_id: `duty of ${staff_id}`, staff_id, unit_id: 'east', post, bed_ids: [] },
  started_at: '2026-03-01T07:00:00Z',
  ...extra,
});
const ANNA = turn('anna', 'nurse', { buddy_staff_id: 'boris' });
const [BORIS, CHARLOTTE, DUC] = [turn('boris', 'nurse'), turn('charlotte', 'charge'), turn('duc', 'on_call')];
const EVERYBODY = [ANNA, BORIS, CHARLOTTE, DUC];

const row = (staff_id: string, step: Step, why_ended?: AlertStep['why_ended'], round = 1): AlertStep => ({
  ...{ step_id: `${round} ${step} ${staff_id}`, round, step, staff_id, began_at: '2026-03-01T09:00:00Z' },
  ...(why_ended ? { why_ended, ended_at: '2026-03-01T09:01:00Z' } : {}),
});
const red = (...steps: AlertStep[]): AlertRow => ({
  ...{ alert_id: 'a', stay_id: 's', alert_class: 'red', cause: 'overdue_task', cause_id: 't', state: 'open' },
  ...{ began_at: '2026-03-01T09:00:00Z', round: 1, step: steps.at(-1)?.step ?? 'assignee', steps },
  ...{ text_key: 'alert.overdue', policy_version: 1 },
});
const must = (alert: AlertRow, who: string, duties: DutyRow[] = EVERYBODY, climbs = true) =>
  mustName(alert, who, ladderOf(STAY, duties, NOW), climbs);

const DECLINED = [row('anna', 'assignee', 'declined'), row('boris', 'buddy', 'declined')];

test('declining moves on while somebody above is there', () => {
  expect(must(red(row('anna', 'assignee')), 'anna')).toBe(false);
  expect(must(red(...DECLINED, row('charlotte', 'charge')), 'charlotte')).toBe(false);
});

test('the last person asked about a red can only accept or name, at whatever step she is', () => {
  const charge = red(...DECLINED, row('charlotte', 'charge'));
  expect(must(charge, 'charlotte', [ANNA, BORIS, CHARLOTTE])).toBe(true);
  expect(must(charge, 'charlotte', EVERYBODY, false)).toBe(true);
  expect(
    must(
      red(
        ...charge.steps.map((one) => ({ ...one, why_ended: 'declined' as const, ended_at: 'x' })),
        row('duc', 'duty'),
      ),
      'duc',
    ),
  ).toBe(true);
  expect(must(red(row('anna', 'assignee')), 'anna', [turn('anna', 'nurse')])).toBe(true);
});

test('the last person asked about an amber may decline', () => {
  expect(must({ ...red(row('anna', 'assignee')), alert_class: 'amber' }, 'anna', [ANNA])).toBe(false);
});

test('who is asked beside others may decline, at the top too', () => {
  const top = red(row('charlotte', 'charge', undefined, 2), row('duc', 'duty', undefined, 2));
  expect(must(top, 'duc')).toBe(false);
});

test('who is off duty, on a break or of another unit is not there; a break that is over is', () => {
  const alert = red(...DECLINED, row('charlotte', 'charge'));
  const on_break = { break_started_at: '2026-03-01T08:50:00Z' };
  const others = [ANNA, BORIS, CHARLOTTE];
  expect(must(alert, 'charlotte', [...others, { ...DUC, ended_at: '2026-03-01T08:00:00Z' }])).toBe(true);
  expect(must(alert, 'charlotte', [...others, { ...DUC, unit_id: 'west' }])).toBe(true);
  expect(must(alert, 'charlotte', [...others, { ...DUC, ...on_break }])).toBe(true);
  const over = { ...DUC, ...on_break, break_until_at: '2026-03-01T09:05:00Z' };
  expect(must(alert, 'charlotte', [...others, over])).toBe(false);
});

test('a climb that began anew may ask again who did not come', () => {
  const again = red(
    row('charlotte', 'charge', 'timed_out'),
    row('anna', 'assignee', 'accepted'),
    row('boris', 'buddy', undefined, 2),
  );
  expect(must(again, 'boris', [ANNA, BORIS, CHARLOTTE])).toBe(false);
  const same = red(row('charlotte', 'charge', 'timed_out'), row('boris', 'buddy'));
  expect(must(same, 'boris', [ANNA, BORIS, CHARLOTTE])).toBe(true);
});

test('the last person asked about an SOS can only accept or name, although it is of no stay', () => {
  const { stay_id: _, ...of_nobody } = red(row('charlotte', 'charge', 'declined'), row('duc', 'duty'));
  const sos: AlertRow = { ...of_nobody, cause: 'sos', cause_id: 'anna', raised_by_staff_id: 'anna' };
  const must_name = (alert: AlertRow, who: string, duties: DutyRow[]) => {
    const place = answeredBy(alert, undefined, 'east');
    return place && mustName(alert, who, ladderOf(place, duties, NOW), true);
  };
  expect(must_name(sos, 'duc', EVERYBODY)).toBe(true);
  const first = { ...sos, step: 'charge' as const, steps: [row('charlotte', 'charge')] };
  expect(must_name(first, 'charlotte', EVERYBODY)).toBe(false);
  expect(must_name(first, 'charlotte', [ANNA, CHARLOTTE])).toBe(true);
  expect(must_name({ ...first, raised_by_staff_id: 'duc' }, 'charlotte', EVERYBODY)).toBe(true);
  expect(must_name({ ...sos, cause: 'response' }, 'duc', EVERYBODY)).toBeUndefined();
});
