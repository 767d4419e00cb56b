import { expect, test } from 'vitest';
import { type Standing, UNUSED } from '../beds/bed_state';
import { bedsOf } from './beds';
import { at, bed, stay, ward } from './trial_ward';

const dirty = (minutes: number): Standing => ({ ...UNUSED, freed_at: at(minutes) });

test('beds in room order, each with its state, and patients who wait for one', () => {
  const facts = ward(
    [
      stay('1a', 'mai', { departure_planned_at: at(90) }),
      stay('1b', 'mai', { departure_planned_at: at(24 * 60) }),
      stay('x', 'mai', { bed_id: null }),
    ],
    {
      beds: [bed('1c', 2), bed('1a', 0), bed('1d', 3), bed('1b', 1), bed('1e', 4)],
      standings: new Map([
        ['1a', { ...UNUSED, lying: { since_at: at(-90), on_leave_at: null } }],
        ['1b', { ...UNUSED, lying: { since_at: at(-90), on_leave_at: at(-9) } }],
        ['1c', dirty(-9)],
        ['1d', dirty(-24)],
      ]),
    },
  );
  const { map, counts, oldest_dirty_ms } = bedsOf(facts);
  expect(map.map((tile) => [tile.bed.label, tile.state, tile.going])).toEqual([
    ['1A', 'occupied', true],
    ['1B', 'on_leave', false],
    ['1C', 'dirty', false],
    ['1D', 'dirty', false],
    ['1E', 'free', false],
  ]);
  expect([counts.free, counts.dirty, counts.going, counts.coming]).toEqual([1, 2, 1, 1]);
  expect(oldest_dirty_ms).toBe(24 * 60_000);
});
