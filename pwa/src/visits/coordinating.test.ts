import { describe, expect, test } from 'vitest';
import { alert, at, NOW, POLICY, stay, tablet, task, turn } from '../board/trial_ward';
import type { VisitRow } from '../schemas';
import { type Team, type TeamRows, teamOf } from './coordinating';
import { inOrderOf } from './steady.svelte';

const moment = (staff_id: string, minutes: number) => ({
  ...{ staff_id, observed_at: at(minutes), recorded_at: at(minutes), received_at: at(minutes) },
});

function visit(visit_id: string, from: number, more: Partial<VisitRow> = {}): VisitRow {
  return {
    ...{ visit_id, stay_id: 's1', kind: 'visit', state: 'planned', staff_id: 'mai' },
    ...{ window_from_at: at(from), window_to_at: at(from + 30) },
    ...{ planned_by_staff_id: 'paula', planned_at: at(-600), ...more },
  };
}
const going = (visit_id: string, since: number, staff_id = 'mai') =>
  visit(visit_id, since, { state: 'started', staff_id, started: moment(staff_id, since) });
const ended = (visit_id: string, to: number, staff_id = 'mai') =>
  visit(visit_id, to - 40, {
    ...{ state: 'ended', staff_id },
    ...{ started: moment(staff_id, to - 30), ended: moment(staff_id, to) },
  });

function team(visits: VisitRow[], more: Partial<TeamRows> = {}): Team {
  const none = {
    patients: [],
    homes: [],
    sets: [],
    turns: [],
    tablets: [],
    tasks: [],
    alerts: [],
    staff: [],
  };
  const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const asked = { unit_id: 'unit', now_ms: NOW, policy: POLICY, dateOf };
  return teamOf({ visits, stays: [stay('s1', 'mai')], ...none, ...more }, asked);
}
const ids = (stops: { visit: VisitRow }[]) => stops.map((stop) => stop.visit.visit_id);
const carer = (found: Team, id: string) => found.carers.find((one) => one.id === id);

describe('the order of the day', () => {
  test('late ones first, the longest first; then who is there; then by window; what is over last', () => {
    const visits = [
      visit('later', 60),
      ended('over', -90),
      going('there', -10),
      visit('late', -40),
      visit('soon', 5),
    ];
    const found = team([...visits, visit('longer', -100), visit('gone', -300, { state: 'cancelled' })]);
    expect(ids(found.stops)).toEqual(['longer', 'late', 'there', 'soon', 'later', 'gone', 'over']);
    expect([found.late, found.there, found.ahead, found.done]).toEqual([2, 1, 2, 1]);
  });

  test('what is planned for tomorrow on stands apart by window, and nobody carries it today', () => {
    const found = team([visit('far', 48 * 60), visit('then', 24 * 60), visit('now', 0)]);
    expect([ids(found.stops), ids(found.later)]).toEqual([['now'], ['then', 'far']]);
    expect(found.carers.flatMap(({ stops }) => ids(stops))).toEqual(['now']);
  });

  test('whose first visit is late comes first, then nobody before a colleague, then by window, then who has none', () => {
    const late = visit('b', -100, { staff_id: 'omar' });
    const visits = [visit('a', 20), late, visit('c', 90, { staff_id: null })];
    const found = team(visits, { turns: [turn('mai'), turn('omar'), turn('zoe')] });
    expect(found.carers.map(({ id }) => id)).toEqual(['omar', 'nobody', 'mai', 'zoe']);
  });

  test('the coordinator and who is on call are no carers, and a colleague who went home is, while visits are hers', () => {
    const turns = [
      turn('paula', { post: 'charge' }),
      turn('quinn', { post: 'on_call' }),
      turn('mai', { ended_at: at(-5) }),
    ];
    const found = team([visit('a', 20)], { turns });
    expect(found.carers.map(({ id, turn: on }) => [id, on])).toEqual([['mai', undefined]]);
  });
});

describe('where somebody is', () => {
  test('with the patient whose visit began last', () => {
    const where = carer(team([going('a', -90), going('b', -20)]), 'mai')?.where;
    expect(where).toMatchObject({ kind: 'with', since: at(-20) });
  });

  test('gone from the patient whose visit ended last', () => {
    const where = carer(team([ended('a', -90), ended('b', -20), visit('c', 10)]), 'mai')?.where;
    expect(where).toMatchObject({ kind: 'left', since: at(-20) });
  });

  test('nowhere yet', () => {
    expect(carer(team([visit('a', 10)]), 'mai')?.where).toEqual({ kind: 'not_yet' });
  });
});

describe('what her tablet says', () => {
  const limit = POLICY.no_contact_minutes;

  test.each([
    [-limit, false],
    [-limit - 1, true],
  ])('heard %i min from now: silent %s', (contact, silent) => {
    const tablets = [{ ...tablet('t', 'mai', contact), outbox_depth: 3 }];
    expect(carer(team([visit('a', 10)], { tablets }), 'mai')?.tablets).toEqual({
      ...{ heard_ms: -contact * 60_000, silent, unsent: 3 },
    });
  });

  test('without a tablet she is silent', () => {
    expect(carer(team([visit('a', 10)]), 'mai')?.tablets.silent).toBe(true);
  });
});

test('an SOS stands on top until it is over, unanswered ones first', () => {
  const about = { cause: 'sos', alert_class: 'red', stay_id: null } as const;
  const alerts = [
    alert('coming', -30, { ...about, state: 'accepted' }),
    alert('over', -60, { ...about, state: 'resolved', ended_at: at(-50) }),
    alert('new', -1, about),
    alert('visit', -90),
  ];
  expect(team([], { alerts }).sos.map(({ alert_id }) => alert_id)).toEqual(['new', 'coming']);
});

test('nothing is planned for whom a task to plan is open, while the patient is in home care', () => {
  const plan = { text_key: 'task.plan_visit' };
  const tasks = [
    task('t1', 's1', 60, plan),
    task('t2', 's2', 30, plan),
    task('t3', 's3', 30, { ...plan, state: 'completed' }),
    task('t4', 's1', 10),
  ];
  const stays = [stay('s1', null), stay('s2', null, { departed_at: at(-5) }), stay('s3', null)];
  expect(team([], { tasks, stays }).unplanned.map(({ stay_id }) => stay_id)).toEqual(['s1']);
});

test('who could go is any nurse of the team, those on duty first, then who has the fewest visits to come', () => {
  const works = (staff_id: string, role: 'home_care_nurse' | 'coordinator', unit_id = 'unit') => ({
    ...{ staff_id, name: staff_id, lang: 'en', ui_lang: 'en' as const, grants: [{ unit_id, role }] },
  });
  const staff = [
    works('off', 'home_care_nurse'),
    works('paula', 'coordinator'),
    works('far', 'home_care_nurse', 'other'),
    works('mai', 'home_care_nurse'),
  ];
  const turns = [turn('mai'), turn('omar'), turn('zoe'), turn('paula', { post: 'charge' })];
  const visits = [
    visit('a', 10),
    visit('a2', 90),
    visit('b', 60, { staff_id: 'omar' }),
    ended('d', -60, 'zoe'),
  ];
  const { nurses } = team(visits, { turns, staff });
  expect(nurses.map(({ staff_id, ahead }) => [staff_id, ahead])).toEqual([
    ['zoe', 0],
    ['omar', 1],
    ['mai', 2],
    ['off', 0],
  ]);
});

test('between ticks lines keep their places, and who is new is there at once', () => {
  const id = (one: string) => one;
  expect(inOrderOf(['c', 'a', 'b'], ['a', 'b', 'c'], id)).toEqual(['a', 'b', 'c']);
  expect(inOrderOf(['new', 'c', 'a'], ['a', 'b', 'c'], id)).toEqual(['new', 'a', 'c']);
});
