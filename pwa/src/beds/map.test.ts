/** What the map of beds shows of the rows. */
import { expect, test } from 'vitest';
import type { RowReader } from '../sync/rows';
import { bedsNow, sideBySide } from './map';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const bed = (bed_id: string, position: number, unit_id = 'u1') => ({
  ...{ bed_id, unit_id, label: bed_id, bay: bed_id[0], position },
});
const stay = (stay_id: string, bed_id: string | null, more: object = {}) => ({
  ...{ stay_id, patient_id: `p-${stay_id}`, unit_id: 'u1', bed_id, arrived_at: at(-600), ...more },
});

function shown(rows: Record<string, Record<string, object>>) {
  const reader = {
    rows: (type: string) => Object.values(rows[type] ?? {}),
    row: (type: string, id: string) => rows[type]?.[id],
  } as unknown as RowReader;
  return bedsNow(reader, 'u1', START);
}
const BEDS = { '2A': bed('2A', 2), '1B': bed('1B', 1), '1A': bed('1A', 0), '9Z': bed('9Z', 0, 'u2') };

test('bays and beds stand in bed order; beds of another unit are not shown', () => {
  const { bays } = shown({ bed: BEDS });
  expect(bays.map(({ bay, tiles }) => [bay, tiles.map((tile) => tile.bed.label)])).toEqual([
    ['1', ['1A', '1B']],
    ['2', ['2A']],
  ]);
});

test('the dirty bed that has waited longest is the oldest, and each state is counted', () => {
  const bed_use = { '1A': { bed_id: '1A', freed_at: at(-5) }, '2A': { bed_id: '2A', freed_at: at(-24) } };
  const { oldest, counts, used } = shown({ bed: BEDS, bed_use, stay: { s: stay('s', '1B') } });
  expect([oldest?.bed.label, counts.dirty, counts.free, used]).toEqual(['2A', 2, 0, 1]);
});

test('who waits comes with the claim that needs an answer; an answered one does not', () => {
  const held = (held_entry_id: string, more = {}) => ({
    held_entry_id,
    reason: 'bed_taken',
    stay_id: 's',
    ...more,
  });
  const rows = { bed: BEDS, stay: { s: stay('s', null), t: stay('t', null, { departed_at: at(-1) }) } };
  const { waiting } = shown({ ...rows, held_entry: { h: held('h') } });
  expect(waiting.map((one) => [one.stay.stay_id, one.held?.held_entry_id])).toEqual([['s', 'h']]);
  const answered = shown({ ...rows, held_entry: { h: held('h', { resolution: 'discarded' }) } });
  expect(answered.waiting[0]?.held).toBeUndefined();
});

test('a reservation that is over is neither coming nor kept, and the soonest departure goes first', () => {
  const bed_reservation = { r: { reservation_id: 'r', bed_id: '2A', reserved_at: at(-9), until_at: at(0) } };
  const plans = {
    s: stay('s', '1A', { departure_planned_at: at(90) }),
    t: stay('t', '1B', { departure_planned_at: at(30) }),
    tomorrow: stay('u', '2A', { departure_planned_at: at(24 * 60) }),
  };
  const { kept, counts, going } = shown({ bed: BEDS, bed_reservation, stay: plans });
  expect([kept.length, counts.coming, counts.reserved]).toEqual([0, 0, 0]);
  expect(going.map((tile) => tile.bed.label)).toEqual(['1B', '1A']);
});

test('a bay of more than four beds stands in even rows', () => {
  expect([1, 4, 5, 6, 8, 9].map(sideBySide)).toEqual([1, 4, 3, 3, 4, 3]);
});
