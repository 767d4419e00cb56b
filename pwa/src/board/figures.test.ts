import { expect, test } from 'vitest';
import { figuresOf } from './figures';
import { alert, bed, set, stay, task, ward } from './trial_ward';

test('each figure is the number of its cases, the most urgent first', () => {
  const facts = ward([stay('1a', 'mai'), stay('1b', null), stay('1c', 'mai')], {
    beds: [bed('1a', 0), bed('1b', 1), bed('1c', 2), bed('1d', 3)],
    alerts: [
      alert('plain', -9),
      alert('red', -1, { alert_class: 'red' }),
      alert('over', -9, { state: 'resolved' }),
    ],
    tasks: [task('due', '1a', -29), task('late', '1a', -30), task('later', '1b', -60)],
    sets: [
      set('1a', -60, { total: 5, band: 'medium' }),
      set('1b', -60, { total: 4, band: 'low' }),
      set('1c', -60, { lower_bound: 7, band: 'high' }),
    ],
  });
  const found = figuresOf(facts);
  expect(found.unanswered.map((one) => one.alert_id)).toEqual(['red', 'plain']);
  expect(found.overdue.map((one) => one.task_id)).toEqual(['later', 'late']);
  expect(found.high.map((one) => one.bed?.label)).toEqual(['1C', '1A']);
  expect(found.unassigned.map((one) => one.bed?.label)).toEqual(['1B']);
  expect(found.free.map((one) => one.bed.label)).toEqual(['1D']);
});

test('a calm ward has five zeros', () => {
  expect(Object.values(figuresOf(ward([]))).map((cases) => cases.length)).toEqual([0, 0, 0, 0, 0]);
});
