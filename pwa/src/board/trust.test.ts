import { expect, test } from 'vitest';
import type { HeldEntryRow, LossIncidentRow } from '../schemas';
import { at, tablet, ward } from './trial_ward';
import { trustOf } from './trust';

const held = (held_entry_id: string, resolution?: HeldEntryRow['resolution']): HeldEntryRow => ({
  ...{ held_entry_id, device_id: 'a', entry_type: 'note_written', reason: 'invalid', held_at: at(-9) },
  resolution,
});
const lost = (incident_id: string, more: Partial<LossIncidentRow> = {}): LossIncidentRow => ({
  ...{ incident_id, device_id: 'a', first_n: 7, last_n: 9, noticed_at: at(-9) },
  ...more,
});

test('what waits for an answer, who is silent, what is unsent and what never came', () => {
  const trust = trustOf(
    ward([], {
      held: [held('a'), held('b', 'handed_over'), held('c', 'discarded')],
      tablets: [
        tablet('a', 'mai', -15),
        { ...tablet('b', 'li', -16), outbox_depth: 3 },
        { ...tablet('drawer', '', -600), staff_ids: [], outbox_depth: 1 },
        { ...tablet('new', 'kim', 0), contact_at: null },
      ],
      losses: [lost('a'), lost('b', { closed_at: at(-1) })],
    }),
  );
  expect([trust.held, trust.unsent, trust.lost]).toEqual([2, 4, 3]);
  expect(trust.silent.map(({ tablet: one, silent_ms }) => [one.device_id, silent_ms])).toEqual([
    ['new', null],
    ['b', 16 * 60_000],
  ]);
});

test('where all is well four zeros are printed', () => {
  expect(trustOf(ward([]))).toEqual({ held: 0, silent: [], unsent: 0, lost: 0 });
});
