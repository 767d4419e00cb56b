import { describe, expect, test } from 'vitest';
import { at, NOW, POLICY, stay } from '../board/trial_ward';
import type { VisitRow } from '../schemas';
import { dayOf, type Standing, standingOf } from './day';

const moment = (staff_id: string, minutes: number) => ({
  ...{ staff_id, observed_at: at(minutes), recorded_at: at(minutes), received_at: at(minutes) },
});

/** A visit of Mai's within half an hour from then. */
function visit(visit_id: string, from: number, more: Partial<VisitRow> = {}): VisitRow {
  return {
    ...{ visit_id, stay_id: 's1', kind: 'visit', state: 'planned', staff_id: 'mai' },
    ...{ window_from_at: at(from), window_to_at: at(from + 30) },
    ...{ planned_by_staff_id: 'paula', planned_at: at(-600), ...more },
  };
}
const ended = (visit_id: string, to: number, more: Partial<VisitRow> = {}) =>
  visit(visit_id, to - 40, {
    state: 'ended',
    started: moment('mai', to - 30),
    ended: moment('mai', to),
    ...more,
  });

function day(visits: VisitRow[], staff_id: string | null = 'mai') {
  const rows = { visits, stays: [stay('s1', 'mai')], patients: [], homes: [], sets: [] };
  const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return dayOf(rows, { staff_id, now_ms: NOW, policy: POLICY, dateOf });
}
const ids = (stops: { visit: VisitRow }[]) => stops.map((stop) => stop.visit.visit_id);

describe('where a visit stands by its window', () => {
  test.each<[number, Standing]>([
    [16, 'later'],
    [15, 'soon'],
    [1, 'soon'],
    [0, 'now'],
    [-29, 'now'],
    [-30, 'late'],
    [-44, 'late'],
    [-45, 'overdue'],
  ])('from minute %i: %s', (from, standing) => {
    expect(standingOf(visit('v', from), POLICY, NOW)).toBe(standing);
  });

  test.each<[VisitRow['state'], Standing]>([
    ['started', 'going_on'],
    ['ended', 'done'],
    ['not_done', 'not_done'],
    ['cancelled', 'cancelled'],
  ])('%s is %s however late', (state, standing) => {
    expect(standingOf(visit('v', -600, { state }), POLICY, NOW)).toBe(standing);
  });
});

test('the next one is the first that is still to come, the rest follows in order of window', () => {
  const found = day([visit('c', 120), visit('a', 10), visit('b', 60)]);
  expect([found.next?.visit.visit_id, ids(found.ahead)]).toEqual(['a', ['b', 'c']]);
});

test('what goes on comes before what was due earlier', () => {
  const found = day([visit('a', -60), visit('b', 60, { state: 'started', started: moment('mai', -5) })]);
  expect([found.next?.visit.visit_id, ids(found.ahead)]).toEqual(['b', ['a']]);
});

test('what is over stands in the order in which it ended, and a cancelled one is not counted', () => {
  const found = day([
    ended('b', -60),
    ended('a', -120),
    visit('x', 30, { state: 'cancelled', closed_at: at(-10) }),
    visit('n', -90, { state: 'not_done', closed_at: at(-80), reason: 'nobody_home' }),
  ]);
  expect([ids(found.over), found.count, found.done]).toEqual([['a', 'n', 'b', 'x'], 3, 2]);
});

test('a visit of yesterday that nobody has made is still to be made; one that ended is not shown', () => {
  const found = day([visit('old', -24 * 60), ended('gone', -24 * 60)]);
  expect([found.next?.visit.visit_id, found.over]).toEqual(['old', []]);
});

test('a visit of tomorrow is not counted, and an empty day says when the next one is', () => {
  const found = day([visit('far', 48 * 60), visit('then', 24 * 60)]);
  expect([found.next, found.count, ids(found.later)]).toEqual([undefined, 0, ['then', 'far']]);
});

test('hers are those that she answers for or has been at; everybody’s are all', () => {
  const visits = [
    visit('mine', 10),
    visit('other', 20, { staff_id: 'omar' }),
    visit('nobody', 30, { staff_id: null }),
    ended('was', -50, { staff_id: 'omar', ended: moment('omar', -50) }),
  ];
  const hers = day(visits);
  expect([hers.next?.visit.visit_id, ids(hers.ahead), ids(hers.over)]).toEqual(['mine', [], ['was']]);
  expect(day(visits, null).count).toBe(4);
});
