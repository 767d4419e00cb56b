import { expect, test } from 'vitest';
import type { AlertRow, AlertStep } from '../schemas';
import { askedOf, bundles, maySnooze } from './asked';

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

test('red is never put off, amber once, plain twice', () => {
  expect(maySnooze(alert('a', { alert_class: 'red' }))).toBe(false);
  expect(maySnooze(alert('a', { alert_class: 'amber' }))).toBe(true);
  expect(maySnooze(alert('a', { alert_class: 'amber', snoozes: 1 }))).toBe(false);
  expect(maySnooze(alert('a', { snoozes: 1 }))).toBe(true);
  expect(maySnooze(alert('a', { snoozes: 2 }))).toBe(false);
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
