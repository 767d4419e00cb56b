import { describe, expect, test } from 'vitest';
import { loadsOf } from './drowning';
import { receivers } from './moving';
import { at, stay, task, turn, ward } from './trial_ward';

const facts = ward([stay('1a', 'mai'), stay('1b', 'mai'), stay('2a', 'li')], {
  turns: [
    turn('mai'),
    turn('li'),
    turn('kim', { post: 'charge', break_started_at: at(-5) }),
    turn('hana', { post: 'assistant' }),
    turn('dan', { post: 'on_call' }),
    turn('home', { ended_at: at(-1) }),
  ],
  tasks: [
    task('a', '1a', 5, { standard_minutes: 10 }),
    task('b', '1a', 70),
    task('c', '1a', 5, { owner_staff_id: 'li' }),
    task('d', '1b', 5),
    task('e', '2a', 5),
  ],
});
const loads = loadsOf(facts);
const mai = loads.find((load) => load.id === 'mai');
if (!mai) throw new Error('nobody');
const said = (moving: Parameters<typeof receivers>[0]) =>
  receivers(moving, mai, loads, facts).map(({ load, hers, givers }) => [load.id, load.minutes, hers, givers]);

describe('minutes before and after', () => {
  test('a patient goes with all that nobody has claimed, to nurses on duty', () => {
    const place = facts.here.get('1a');
    if (!place) throw new Error('nobody');
    expect(said({ place })).toEqual([
      ['li', [10, 0], [20, 5], [5, 0]],
      ['kim', [0, 0], [10, 5], [5, 0]],
    ]);
  });

  test('a task goes alone, to an assistant too; who is on a break comes last', () => {
    const [a] = facts.open;
    if (!a) throw new Error('nothing');
    expect(said({ task: a })).toEqual([
      ['hana', [0, 0], [10, 0], [5, 5]],
      ['li', [10, 0], [20, 0], [5, 5]],
      ['kim', [0, 0], [10, 0], [5, 5]],
    ]);
  });
});
