import { expect, test } from 'vitest';
import { at, NOW, stay, task } from '../board/trial_ward';
import { movedTo } from './moved';

const given = (minutes: number, by = 'helen') => ({ assigned_by_staff_id: by, assigned_at: at(minutes) });

test('what somebody else gave her within the hour, the newest first', () => {
  const stays = [
    stay('new', 'mai', given(-5)),
    stay('old', 'mai', given(-60)),
    stay('taken', 'mai'),
    stay('hers', 'mai', given(-5, 'mai')),
    stay('gone', 'mai', { ...given(-5), departed_at: at(-1) }),
    stay('other', 'li', given(-5)),
  ];
  const tasks = [
    task('bloods', 'other', 5, { owner_staff_id: 'mai', ...given(-2) }),
    task('done', 'other', 5, { owner_staff_id: 'mai', state: 'completed', ...given(-2) }),
  ];
  expect(movedTo('mai', stays, tasks, NOW).map((one) => [one.id, one.stay_id, one.by_staff_id])).toEqual([
    ['bloods', 'other', 'helen'],
    ['new', 'new', 'helen'],
  ]);
  expect(movedTo(null, stays, tasks, NOW)).toEqual([]);
});
