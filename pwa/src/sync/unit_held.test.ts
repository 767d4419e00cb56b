import { expect, test } from 'vitest';
import type { HeldEntryRow } from '../schemas';
import { heldForHer } from './unit_held';

const held = (held_entry_id: string, more: Partial<HeldEntryRow> = {}): HeldEntryRow => ({
  ...{ held_entry_id, device_id: 'd2', entry_type: 'task_done', reason: 'out_of_scope' },
  ...{ author_staff_id: 'mai', held_at: '2026-11-22T10:00:00Z' },
  ...more,
});
const ALL = [
  held('hers', { held_at: '2026-11-22T11:00:00Z' }),
  held('anothers', { author_staff_id: 'bea' }),
  held('handed', { author_staff_id: 'bea', resolution: 'handed_over' }),
  held('answered', { resolution: 'discarded' }),
  held('of nobody', { author_staff_id: null }),
];
const ids = (found: HeldEntryRow[]) => found.map((one) => one.held_entry_id);

test('a nurse answers what she wrote herself, on whatever tablet', () => {
  expect(ids(heldForHer(ALL, { staff_id: 'mai', leads: false }, new Set()))).toEqual(['hers']);
});

test('who leads the unit answers what anybody wrote, and what was left to her; oldest first', () => {
  const found = heldForHer(ALL, { staff_id: 'eve', leads: true }, new Set());
  expect(ids(found)).toEqual(['anothers', 'handed', 'of nobody', 'hers']);
});

test('what this tablet’s own tray has is not shown twice, and nobody answers nothing', () => {
  expect(ids(heldForHer(ALL, { staff_id: 'mai', leads: false }, new Set(['hers'])))).toEqual([]);
  expect(ids(heldForHer(ALL, { staff_id: null, leads: false }, new Set()))).toEqual([]);
});
