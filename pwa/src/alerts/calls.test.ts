import { expect, it } from 'vitest';
import type { AlertRow } from '../schemas';
import { callsFor } from './calls';

const alert = (alert_id: string, staff_id: string, alert_class: AlertRow['alert_class']) =>
  ({
    alert_id,
    alert_class,
    state: 'open',
    began_at: '2026-03-02T08:00:00.000Z',
    steps: [{ step_id: `step of ${alert_id}`, staff_id, began_at: '2026-03-02T08:00:00.000Z' }],
  }) as unknown as AlertRow;

const ALERTS = [alert('a', 'anna', 'plain'), alert('b', 'boris', 'red'), alert('c', 'carla', 'amber')];

it('calls who is signed in but not at the tablet, a red first', () => {
  const calls = callsFor(ALERTS, ['anna', 'boris', 'carla'], 'carla');
  expect(calls.map(({ staff_id }) => staff_id)).toEqual(['boris', 'anna']);
});

it('calls everybody signed in while the tablet is locked', () => {
  expect(callsFor(ALERTS, ['anna', 'carla'], null).map(({ staff_id }) => staff_id)).toEqual([
    'anna',
    'carla',
  ]);
});

it('calls nobody who is not signed in here, and nobody who is not asked', () => {
  expect(callsFor(ALERTS, ['dora'], null)).toEqual([]);
  expect(callsFor([], ['anna'], null)).toEqual([]);
});
