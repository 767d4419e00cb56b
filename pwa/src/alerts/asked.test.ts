import { describe, expect, test } from 'vitest';
import policies from '$shared/reference/escalation.json';
import type { AlertRow, AlertStep, ClassPolicy, Policy } from '../schemas';
import { askedOf, bundles, snoozeMinutes } from './asked';

const step = (staff_id: string, extra: Partial<AlertStep> = {}): AlertStep => ({
  step_id: `step of ${staff_id}`,
  round: 1,
  step: 'assignee',
  staff_id,
  began_at: '2026-03-01T14:02:00Z',
  ...extra,
});

const alert = (alert_id: string, extra: Partial<AlertRow> = {}): AlertRow => ({
  alert_id,
  stay_id: 'stay',
  alert_class: 'plain',
  cause: 'overdue_task',
  cause_id: 'task',
  state: 'open',
  began_at: '2026-03-01T14:02:00Z',
  round: 1,
  step: 'assignee',
  steps: [step('mai')],
  text_key: 'alert.overdue',
  policy_version: 1,
  ...extra,
});

test('reds stand first, then amber, then plain, the oldest of a class first', () => {
  const order = askedOf(
    [
      alert('plain'),
      alert('amber', { alert_class: 'amber' }),
      alert('newer red', { alert_class: 'red', began_at: '2026-03-01T14:03:00Z' }),
      alert('older red', { alert_class: 'red' }),
    ],
    'mai',
  );
  expect(order.map((row) => row.alert_id)).toEqual(['older red', 'newer red', 'amber', 'plain']);
});

test('everyone asked keeps the alert until it is answered', () => {
  const climbed = alert('climbed', { steps: [step('mai', { why_ended: 'timed_out' }), step('seoyeon')] });
  expect(askedOf([climbed], 'mai')).toHaveLength(1);
  expect(askedOf([climbed], 'seoyeon')).toHaveLength(1);
});

test('a person who declined, was skipped or was never asked is not asked again', () => {
  expect(askedOf([alert('a', { steps: [step('mai', { why_ended: 'declined' })] })], 'mai')).toEqual([]);
  expect(askedOf([alert('a', { steps: [step('mai', { why_ended: 'on_break' })] })], 'mai')).toEqual([]);
  expect(askedOf([alert('a')], 'seoyeon')).toEqual([]);
  expect(askedOf([alert('a')], null)).toEqual([]);
});

test('an accepted alert asks nobody', () => {
  expect(askedOf([alert('a', { state: 'accepted' })], 'mai')).toEqual([]);
});

describe('rule 5: how often and for how long an alert may be put off is the policy of its unit', () => {
  const policy = policies.policy as Policy;
  const [DAY, NIGHT] = ['14:00', '23:00'];
  const minutes = (row: AlertRow, of = policy, time = DAY) => snoozeMinutes(row, of, time);
  const having = (alert_class: AlertRow['alert_class'], change: Partial<ClassPolicy>): Policy => ({
    ...policy,
    classes: {
      ...policy.classes,
      [alert_class]: { ...(policy.classes[alert_class] as ClassPolicy), ...change },
    },
  });

  test('red is never put off, amber once, plain twice, unless the unit says otherwise', () => {
    expect(minutes(alert('a', { alert_class: 'red' }))).toBeNull();
    expect(minutes(alert('a', { alert_class: 'amber' }))).toBe(10);
    expect(minutes(alert('a', { alert_class: 'amber', snoozes: 1 }))).toBeNull();
    expect(minutes(alert('a', { snoozes: 1 }))).toBe(30);
    expect(minutes(alert('a', { snoozes: 2 }))).toBeNull();
  });

  test('a unit may forbid it, allow it more often, or for a shorter time', () => {
    expect(minutes(alert('a', { alert_class: 'amber' }), having('amber', { snoozes: 0 }))).toBeNull();
    expect(minutes(alert('a', { snoozes: 2 }), having('plain', { snoozes: 3 }))).toBe(30);
    expect(minutes(alert('a'), having('plain', { snooze_minutes: 15 }))).toBe(15);
  });

  test('a plain alert of the night goes by the night', () => {
    const night = { ...policy, plain_night: { ...policy.plain_night, snooze_minutes: 45 } };
    expect(minutes(alert('a'), night, NIGHT)).toBe(45);
    expect(minutes(alert('a'), night, night.night_from)).toBe(45);
    expect(minutes(alert('a'), night, night.night_until)).toBe(30);
    expect(minutes(alert('a', { alert_class: 'amber' }), night, NIGHT)).toBe(10);
  });
});

test('rule 11: plain alerts of a bay reach the person in charge as one line, her own stay apart', () => {
  const charge = (id: string) =>
    alert(id, { steps: [step('mai', { why_ended: 'timed_out' }), step('emma', { step: 'charge' })] });
  const bays: Record<string, string> = { a: '2', b: '2', c: '1' };
  const all = [charge('a'), charge('b'), charge('c'), alert('own', { steps: [step('emma')] })];
  const found = bundles(all, 'emma', (row) => bays[row.alert_id]);
  expect(found.bundled.map(({ bay, alerts }) => [bay, alerts.map((row) => row.alert_id)])).toEqual([
    ['2', ['a', 'b']],
  ]);
  expect(found.alone.map((row) => row.alert_id)).toEqual(['c', 'own']);
});
