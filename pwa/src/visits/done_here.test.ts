import { describe, expect, test } from 'vitest';
import { at, NOW, set as taken, task } from '../board/trial_ward';
import type { VisitNoteRow, VisitRow } from '../schemas';
import { careOf, openOf, setsOf } from './done_here';

const set = (entry_id: string, stay_id: string, minutes: number) => ({
  ...taken(stay_id, minutes, {}),
  entry_id,
});
const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const moment = (minutes: number) => ({
  ...{ staff_id: 'mai', observed_at: at(minutes), recorded_at: at(minutes), received_at: at(minutes) },
});
const GOES_ON: VisitRow = {
  ...{ visit_id: 'v', stay_id: 's', kind: 'visit', state: 'started', started: moment(-20) },
  ...{ window_from_at: at(-30), window_to_at: at(0), planned_by_staff_id: 'paula', planned_at: at(-600) },
};
const OVER: VisitRow = { ...GOES_ON, state: 'ended', ended: moment(-5) };
const NOTE: VisitNoteRow = { visit_id: 'v', stay_id: 's' };

describe('the set of a visit', () => {
  const sets = [set('old', 's', -600), set('last', 's', -31), set('first', 's', -30), set('here', 's', -5)];
  const ids = (found: ReturnType<typeof setsOf>) => [found.set?.entry_id, found.before?.entry_id];

  test('is the newest since it began or a little before, and was what came before', () => {
    expect(ids(setsOf(GOES_ON, sets))).toEqual(['here', 'last']);
    expect(ids(setsOf(GOES_ON, sets.slice(0, 3)))).toEqual(['first', 'last']);
    expect(ids(setsOf(GOES_ON, sets.slice(0, 2)))).toEqual([undefined, 'last']);
  });
  test('is not that of a later one, nor of another patient', () => {
    expect(ids(setsOf(OVER, [...sets, set('after', 's', -4)]))).toEqual(['here', 'last']);
    expect(ids(setsOf(GOES_ON, [set('other', 'x', -5)]))).toEqual([undefined, undefined]);
  });
  test('before it begins there is only what was', () => {
    expect(ids(setsOf({ ...GOES_ON, state: 'planned', started: null }, sets))).toEqual([undefined, 'here']);
  });
});

describe('the care of a visit', () => {
  const tasks = [
    task('later', 's', 60),
    task('soon', 's', -60),
    task('tomorrow', 's', 24 * 60),
    task('done', 's', -60, { state: 'completed', ended_at: at(-10) }),
    task('before', 's', -60, { state: 'completed', ended_at: at(-31) }),
    task('v', 's', 0, { kind: 'home_visit' }),
    task('plan', 's', 0, { text_key: 'task.plan_visit' }),
    task('other', 'x', 0),
  ];
  test('is what was done in it, then what is due today, the soonest first', () => {
    expect(careOf(GOES_ON, tasks, dateOf, NOW).map((one) => one.task_id)).toEqual(['done', 'soon', 'later']);
  });
  test('of one that is over is what was done in it', () => {
    expect(careOf(OVER, tasks, dateOf, NOW).map((one) => one.task_id)).toEqual(['done']);
  });
});

test('what is open is said before she leaves', () => {
  const care = [task('a', 's', 0), task('b', 's', 0, { state: 'completed' })];
  const none = { set: undefined, before: undefined };
  expect(openOf(GOES_ON, none, care, undefined).map((one) => one.kind)).toEqual([
    'vitals',
    'care',
    'signature',
  ]);
  const signature = { signed_by: 'Ada', staff_id: 'mai', observed_at: at(0), received_at: at(0) };
  const charted = { ...none, set: set('here', 's', -5) };
  expect(openOf(GOES_ON, charted, [], { ...NOTE, signature })).toEqual([]);
});

test('a call is not signed, and nobody measures by telephone', () => {
  expect(openOf({ ...GOES_ON, kind: 'call' }, { set: undefined, before: undefined }, [], undefined)).toEqual(
    [],
  );
});
