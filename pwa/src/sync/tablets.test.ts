import { describe, expect, test } from 'vitest';
import type { LossIncidentRow, TabletRow } from '../schemas';
import { losses, silent } from './tablets';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

function tablet(device_id: string, minutes: number, more: Partial<TabletRow> = {}): TabletRow {
  return { device_id, name: `Tablet ${device_id}`, staff_ids: ['mai'], contact_at: ago(minutes), ...more };
}
const ids = (tablets: TabletRow[]) =>
  silent(tablets, 'mine', 15, NOW).map(({ tablet: one }) => one.device_id);

describe('a tablet is silent', () => {
  test.each<[string, TabletRow, boolean]>([
    ['after the unit’s minutes without contact', tablet('a', 15), true],
    ['not before', tablet('a', 14), false],
    ['not in a drawer, with nobody signed in', tablet('a', 600, { staff_ids: [] }), false],
    ['in a drawer with something unsent', tablet('a', 600, { staff_ids: [], outbox_depth: 3 }), true],
    ['when it has not sent what it had', tablet('a', 2, { outbox_depth: 1 }), true],
    ['not while it is sending', tablet('a', 1, { outbox_depth: 40 }), false],
    ['when it was never heard of', tablet('a', 0, { contact_at: null }), true],
  ])('%s', (_, one, is_silent) => expect(ids([one])).toEqual(is_silent ? ['a'] : []));

  test('never this one, and the longest silence comes first', () => {
    expect(ids([tablet('mine', 60), tablet('b', 20), tablet('c', 40)])).toEqual(['c', 'b']);
  });
});

test('what never came though it was asked for is told until it has come, or somebody has looked into it', () => {
  const incident = (incident_id: string, more: Partial<LossIncidentRow> = {}): LossIncidentRow => ({
    ...{ incident_id, device_id: 'a', first_n: 7, last_n: 9, noticed_at: ago(10) },
    ...more,
  });
  const found = losses(
    [
      incident('1'),
      incident('2', { closed_at: ago(1) }),
      incident('3', { device_id: 'gone', noticed_at: ago(5) }),
      incident('4', { noticed_at: ago(1) }),
    ],
    [tablet('a', 0)],
    NOW,
  );
  expect(found.map(({ incident: one, count, tablet: of }) => [one.incident_id, count, of?.name])).toEqual([
    ['3', 3, undefined],
    ['1', 3, 'Tablet a'],
  ]);
});
