/** What a nurse scans for on the ward list. */
import { expect, test } from 'vitest';
import type { BedRow, ObservationDutyRow, StayRow } from '../schemas';
import { wardList } from './ward';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const STAY: StayRow = {
  ...{ stay_id: 's1', patient_id: 'p1', unit_id: 'u1', bed_id: 'b1' },
  ...{ admitted_at: at(-600), arrived_at: at(-600) },
} as StayRow;

const BED = { bed_id: 'b1', unit_id: 'u1', label: '1A', bay: '1', position: 0 } as BedRow;

function tags(duty: Partial<ObservationDutyRow>, minutes: number, beds = [BED]) {
  const duties = [{ stay_id: 's1', ...duty }];
  const rows = { beds, stays: [{ ...STAY, bed_id: null }], patients: [], sets: [], tasks: [], duties };
  return wardList(rows, null, START + minutes * 60_000).at(-1)?.tags;
}

test('where there are no beds nobody waits for one', () => {
  expect(tags({}, 0, [])).toEqual(['first_set']);
});

test('observations are stopped while now is before the review, and afterwards its review is overdue', () => {
  const stop = { stopped: true, review_at: at(60) };
  expect(tags(stop, 59)).toEqual(['no_bed', 'stopped']);
  expect(tags(stop, 60)).toEqual(['no_bed', 'review_overdue', 'first_set']);
});

test('a modified response says so only when its review is overdue; a pause stands beside it', () => {
  const modified = {
    response_modified: true,
    review_at: at(60),
    pause_reason: 'theatre' as const,
    paused_at: at(0),
  };
  expect(tags(modified, 59)).toEqual(['no_bed', 'paused']);
  expect(tags(modified, 60)).toEqual(['no_bed', 'review_overdue', 'paused']);
});
