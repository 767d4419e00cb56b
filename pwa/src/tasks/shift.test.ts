import { describe, expect, test } from 'vitest';
import type { TaskRow } from '../schemas';
import { shiftList, sickestFirst } from './shift';
import { minutesLate, timing } from './task_state';

const NOW = Date.parse('2026-03-01T14:52:00Z');
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

function task(task_id: string, stay_id: string, due: number, state: TaskRow['state'] = 'ready'): TaskRow {
  return {
    task_id,
    stay_id,
    kind: 'turning',
    state,
    cause: { cause_type: 'template', cause_id: stay_id, text_key: 'cause.template' },
    planned_at: at(due - 60),
    due_at: at(due),
    due_soon_at: at(due - 15),
    overdue_at: at(due + 30),
  };
}

describe('a task at an instant', () => {
  test.each([
    [16, 'later'],
    [15, 'due'],
    [0, 'due'],
    [-29, 'due'],
    [-30, 'overdue'],
  ])('due in %i minutes is %s', (due, expected) => {
    expect(timing(task('a', 's', due), NOW)).toBe(expected);
  });

  test('an ended task is never late', () => {
    expect(timing(task('a', 's', -500, 'completed'), NOW)).toBe('done');
    expect(timing({ ...task('a', 's', -500, 'failed'), ended_by_staff_id: 'mai' }, NOW)).toBe('not_done');
    expect(timing(task('a', 's', -500, 'cancelled'), NOW)).toBe('cancelled');
  });

  test('a slot that nobody answered is not done by the next one', () => {
    expect(timing(task('a', 's', -500, 'failed'), NOW)).toBe('not_done_by');
  });

  test('lateness counts whole minutes from the due instant', () => {
    expect(minutesLate(task('a', 's', -20), NOW)).toBe(20);
    expect(minutesLate(task('a', 's', 10), NOW)).toBe(-10);
  });
});

describe('my shift', () => {
  const stays = [
    { stay_id: 'calm', score: 0 },
    { stay_id: 'sick', score: 7 },
  ];

  test('overdue care of the sickest stands above care that is later', () => {
    const list = shiftList(
      [
        task('calm-late', 'calm', -90),
        task('sick-late', 'sick', -31),
        task('soon', 'sick', 5),
        task('sooner', 'calm', 2),
      ],
      stays,
      NOW,
    );
    expect(list.map((row) => row.task_id)).toEqual(['sick-late', 'calm-late', 'sooner', 'soon']);
  });

  test('other nurses’ patients, ended care and care of the evening are left out', () => {
    const list = shiftList(
      [task('other', 'elsewhere', -60), task('done', 'sick', -60, 'completed'), task('evening', 'sick', 121)],
      stays,
      NOW,
    );
    expect(list).toEqual([]);
  });

  test('a patient never scored stands above a calm one and below a medium one', () => {
    const order = sickestFirst([{ stay_id: 'new', score: null }, ...stays, { stay_id: 'mid', score: 5 }]);
    expect(order.map((stay) => stay.stay_id)).toEqual(['sick', 'mid', 'new', 'calm']);
  });
});
