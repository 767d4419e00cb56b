import { describe, expect, test } from 'vitest';
import type { SnapshotRow } from './contract.ts';
import { rowsOfSnapshot } from './replica.ts';
import { RowStore } from './rows.ts';

const UNIT = 'unit:u1';
const task = (id: string, version = 1, state = 'ready'): SnapshotRow => ({
  type: 'task',
  id,
  version,
  row: { task_id: id, stay_id: 's1', state },
});

function aStore(...rows: SnapshotRow[]): RowStore {
  const store = new RowStore();
  store.replace(UNIT, ['e1', 4], rowsOfSnapshot(rows));
  return store;
}

describe('rows that another tab has written down', () => {
  const stored = (epoch: string, seq: number, ...rows: SnapshotRow[]) =>
    new Map([[UNIT, { cursor: [epoch, seq] as const, rows: rowsOfSnapshot(rows) }]]);
  const states = (store: RowStore) => store.rows('task').map((row) => [row.task_id, row.state]);

  test('are taken over where the cursor is another one, and where the feed was read anew at the same', () => {
    const store = aStore(task('t1'));
    store.takeOver(stored('e1', 4, task('t1'), task('t2')));
    expect(states(store)).toEqual([['t1', 'ready']]);
    store.takeOver(stored('e1', 4, task('t1'), task('t2')), UNIT);
    expect(store.rows('task')).toHaveLength(2);
    store.takeOver(stored('e1', 5, task('t1')));
    expect(store.rows('task')).toHaveLength(1);
  });

  test('leave with the feed that this tablet may no longer have', () => {
    const store = aStore(task('t1'));
    store.takeOver(new Map(), 'unit:other');
    expect(store.rows('task')).toHaveLength(1);
    store.takeOver(new Map(), UNIT);
    expect([store.rows('task'), store.cursor(UNIT)]).toEqual([[], undefined]);
  });

  test('of another epoch count versions anew: the same number is another row', () => {
    const store = aStore(task('t1', 3, 'completed'));
    store.replace(UNIT, ['e2', 2], rowsOfSnapshot([task('t1', 3, 'ready')]));
    expect(states(store)).toEqual([['t1', 'ready']]);
  });
});
