import { describe, expect, test } from 'vitest';
import { loadsOf } from './drowning';
import { alert, asked, at, set, stay, tablet, task, turn, ward } from './trial_ward';

const names = (facts: ReturnType<typeof ward>) => loadsOf(facts).map((load) => load.staff_id);

describe('the order', () => {
  test('nobody first, then who is asked about a red, then the load of this hour, then the oldest lateness', () => {
    const facts = ward(
      [stay('1a', 'calm'), stay('1b', 'busy'), stay('1c', null), stay('2a', 'asked'), stay('2b', 'late')],
      {
        turns: ['calm', 'busy', 'asked', 'late'].map((id) => turn(id)),
        tasks: [task('a', '1b', 5), task('b', '1b', 9), task('c', '2b', -40), task('d', '1a', 5)],
        alerts: [alert('red', -4, { stay_id: '1b', alert_class: 'red', steps: [asked('asked', -4)] })],
      },
    );
    expect(names(facts)).toEqual([null, 'asked', 'busy', 'late', 'calm']);
  });

  test('without unassigned work there is no row for nobody', () => {
    expect(names(ward([stay('1a', 'mai')], { turns: [turn('mai')] }))).toEqual(['mai']);
  });

  test('two reds weigh like one: only then the load decides', () => {
    const red = (id: string, staff_id: string) =>
      alert(id, -4, { alert_class: 'red', stay_id: '1a', steps: [asked(staff_id, -4)] });
    const facts = ward([stay('1a', 'busy')], {
      turns: [turn('two'), turn('busy')],
      tasks: [task('a', '1a', 5)],
      alerts: [red('a', 'two'), red('b', 'two'), red('c', 'busy')],
    });
    expect(names(facts)).toEqual(['busy', 'two']);
  });
});

describe('who has a row', () => {
  test('everybody on duty but who is on call; and who went home while patients are hers', () => {
    const facts = ward([stay('1a', 'home')], {
      turns: [turn('mai'), turn('dan', { post: 'on_call' }), turn('home', { ended_at: at(-5) })],
    });
    expect(names(facts).sort()).toEqual(['home', 'mai']);
    expect(loadsOf(facts).find((load) => load.staff_id === 'home')?.turn).toBeUndefined();
  });

  test('who is on call has one while she is asked', () => {
    const steps = [asked('dan', -4)];
    const facts = ward([stay('1a', 'mai')], {
      turns: [turn('dan', { post: 'on_call' })],
      alerts: [alert('a', -9, { stay_id: '1a', steps })],
    });
    expect(names(facts)).toEqual(['dan', 'mai']);
  });
});

test('a claimed task is the load of who claimed it', () => {
  const facts = ward([stay('1a', 'mai')], {
    turns: [turn('mai'), turn('li')],
    tasks: [task('a', '1a', 5, { owner_staff_id: 'li' }), task('b', '1a', 5, { state: 'completed' })],
  });
  expect(loadsOf(facts).map((load) => [load.staff_id, load.patients.length, load.minutes])).toEqual([
    ['li', 0, [5, 0]],
    ['mai', 1, [0, 0]],
  ]);
});

test('a row says the sickest patient, what is overdue and since when, and the tablet', () => {
  const facts = ward([stay('1a', 'mai'), stay('1b', 'mai')], {
    turns: [turn('mai')],
    sets: [set('1a', -60, { total: 3, band: 'low' }), set('1b', -60, { total: 7, band: 'high' })],
    tasks: [task('a', '1a', -41), task('b', '1b', -31), task('c', '1b', -29)],
    tablets: [tablet('t', 'mai', -16)],
  });
  const [mai] = loadsOf(facts);
  expect(mai?.sickest?.stay?.stay_id).toBe('1b');
  expect([mai?.overdue.length, mai?.oldest_minutes]).toEqual([2, 41]);
  expect(mai?.reach?.reachable).toBe(false);
});

test.each([
  [{ break_started_at: at(-5) }, true],
  [{ break_started_at: at(-5), break_until_at: at(10) }, true],
  [{ break_started_at: at(-30), break_until_at: at(-1) }, false],
  [{}, false],
])('a break that %j: away %s', (more, away) => {
  expect(loadsOf(ward([], { turns: [turn('mai', more)] }))[0]?.on_break).toBe(away);
});
