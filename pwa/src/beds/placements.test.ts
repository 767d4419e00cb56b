/** What is shown of placements and marks before the server knows them equals what it makes of them, by the golden cases. */
import { expect, test } from 'vitest';
import golden from '$shared/reference/golden/placements.json';
import { STAY_RULES } from '../stays/optimistic';
import type { Pending } from '../sync/overlay';
import { rowsOfSnapshot } from '../sync/replica';
import { RowStore } from '../sync/rows';
import { VITALS_RULES } from '../vitals/optimistic';
import { bedsNow } from './map';
import { BED_RULES } from './optimistic';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();

const WELL = {
  ...{ respiratory_rate_per_min: 16, spo2_percent: 97, on_oxygen: false, systolic_mmhg: 125 },
  ...{ pulse_per_min: 72, consciousness: 'A', temperature_tenths_c: 368, not_done: [], source: 'nurse' },
};

type Step = { at: number; id: string; do: string } & Record<string, string | number | undefined>;
type Case = { name: string; steps: Step[]; beds: unknown[][]; waiting: string[] };

const WORDS: Record<string, (step: Step) => [string, object]> = {
  admit: ({ stay, bed }) => [
    'patient_admitted',
    {
      ...{
        stay_id: stay,
        patient_id: `p-${stay}`,
        unit_id: 'u1',
        bed_id: bed === undefined ? null : `b${bed}`,
      },
      patient: { name: 'Ruth', lang: 'en', sex: 'female', born_on: '1950-01-01', identifier: '1' },
    },
  ],
  assign: ({ stay, bed }) => ['bed_assigned', { stay_id: stay, bed_id: `b${bed}` }],
  swap: ({ stay, bed, other, other_bed }) => [
    'beds_swapped',
    { stay_id: stay, bed_id: `b${bed}`, other_stay_id: other, other_bed_id: `b${other_bed}` },
  ],
  discharge: ({ stay }) => ['patient_discharged', { stay_id: stay }],
  transfer: ({ stay }) => ['patient_transferred', { stay_id: stay, to_unit_id: 'u2' }],
  cancel: ({ stay, cancels }) => ['placement_cancelled', { stay_id: stay, cancels }],
  chart: ({ stay }) => ['vital_signs_charted', { stay_id: stay, values: WELL }],
  mark: ({ bed, readiness, seen }) => [
    'bed_marked',
    { unit_id: 'u1', bed_id: `b${bed}`, readiness, seen_mark_id: seen ?? null },
  ],
  reserve: ({ bed, stay, text, until }) => [
    'bed_reserved',
    {
      unit_id: 'u1',
      bed_id: `b${bed}`,
      for_stay_id: stay ?? null,
      text: text ?? null,
      until_at: at(Number(until)),
    },
  ],
  release: ({ reservation }) => ['bed_reservation_cancelled', { unit_id: 'u1', reservation_id: reservation }],
  leave: ({ stay, until }) => [
    'observations_paused',
    { stay_id: stay, reason: 'leave', expected_return_at: at(Number(until)) },
  ],
  back: ({ stay }) => ['observations_resumed', { stay_id: stay }],
};

function said(step: Step): Pending {
  const [type, fields] = WORDS[step.do]?.(step) ?? ['', {}];
  const body = { ...fields, observed_at: at(Number(step['observed'] ?? step.at)) };
  const saved = { entry_id: step.id, type, staff_id: 'anna', recorded_at: at(step.at), body };
  return { saved: saved as unknown as Pending['saved'] };
}

const CASES = (golden.cases as unknown as Case[]).map((one) => [one.name, one] as const);

test.each(CASES)('%s', (_, { steps, beds, waiting }) => {
  const store = new RowStore();
  for (const rules of [STAY_RULES, BED_RULES, VITALS_RULES]) store.overlay.learn(rules);
  const rows = beds.map((_one, place) => {
    const bed = { bed_id: `b${place}`, unit_id: 'u1', label: `1${place}`, bay: '1', position: place };
    return { type: 'bed', id: bed.bed_id, row: bed, version: 1 };
  });
  store.replace('unit:u1', ['e1', rows.length], rowsOfSnapshot(rows));
  store.expectOnly(steps.map(said));
  const shown = bedsNow(store, 'u1', START + Number(steps.at(-1)?.at) * 60_000);
  const found = shown.tiles.map(({ state, since_ms, stay }) => [
    ...[state, since_ms === null ? null : (since_ms - START) / 60_000, stay?.stay_id ?? null],
  ]);
  expect(found).toEqual(beds);
  expect(shown.waiting.map(({ stay }) => stay.stay_id)).toEqual(waiting);
});
