import { expect, test } from 'vitest';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { ageAt, ageOf } from './age';
import { VITALS_RULES } from './optimistic';

const [BORN, SEOUL] = ['2010-11-22', 'Asia/Seoul'];
/** Midnight of the 16th birthday in Seoul, and the minute before: 15:00 of the day before in UTC. */
const [MIDNIGHT, BEFORE] = ['2026-11-21T15:00:00.000Z', '2026-11-21T14:59:00.000Z'];

test.each([
  [BEFORE, SEOUL, 15],
  [MIDNIGHT, SEOUL, 16],
  [MIDNIGHT, 'UTC', 15],
  [MIDNIGHT, 'America/New_York', 15],
  [Date.parse('2026-11-22T04:59:00Z'), 'America/New_York', 15],
  [Date.parse('2026-11-22T05:00:00Z'), 'America/New_York', 16],
])('at %s in %s a patient is %i', (at, zone, years) => {
  expect(ageAt(BORN, at, zone)).toBe(years);
});

test('what the screens say and what is scored turn 16 at the same midnight of the ward', () => {
  const store = new RowStore();
  store.overlay.learn(VITALS_RULES);
  const patient = { patient_id: 'p1', stay_id: 's1', born_on: BORN };
  const rows = [
    { type: 'unit', id: 'u1', row: { unit_id: 'u1', time_zone: SEOUL } },
    { type: 'stay', id: 's1', row: { stay_id: 's1', patient_id: 'p1', unit_id: 'u1', admitted_at: BEFORE } },
    { type: 'patient', id: 'p1', row: patient },
  ];
  store.replace('unit:u1', ['e1', 3], rowsOfSnapshot(rows.map((row) => ({ ...row, version: 1 }))));
  const charted = (entry_id: string, observed_at: string) => ({
    saved: {
      ...{ entry_id, type: 'vital_signs_charted' as const, staff_id: 'mai', recorded_at: observed_at },
      body: { stay_id: 's1', observed_at, values: { pulse_per_min: 88 } },
    },
  });
  store.expectOnly([charted('v1', BEFORE), charted('v2', MIDNIGHT)]);
  const scored = ['v1', 'v2'].map((id) => store.row('vital_signs', id)?.score.no_score ?? null);
  expect(scored).toEqual(['under_16', null]);
  expect([BEFORE, MIDNIGHT].map((at) => ageOf(patient, at, store))).toEqual([15, 16]);
});
