import { expect, test, vi } from 'vitest';
import { compareHand } from './comparing.ts';
import type { Cursor, SnapshotRow } from './contract.ts';

const task = (id: string, version = 1): SnapshotRow => ({ type: 'task', id, version, row: {} });
// SHA-256 of "task/a/1" and "task/b/1", the first 8 bytes of each, summed by hand in Python.
const SUM = 'd9ea4afd3b28fbcf';
const at = { action: 'compare', feed: 'unit:u1', epoch: 'e1', seq: 4 } as const;

function aTablet(rows: SnapshotRow[]) {
  const shelf = { cursor: ['e1', 4] as Cursor, rows: new Map(rows.map((row) => [`task/${row.id}`, row])) };
  const feedRows = vi.fn(() => shelf.rows);
  const hear = vi.fn();
  return { shelf, feedRows, hear, compare: compareHand({ cursor: () => shelf.cursor, feedRows }, hear) };
}

test("the server's sum is ours, and is not computed twice while nothing changes", async () => {
  const { compare, hear, feedRows } = aTablet([task('a'), task('b')]);
  await compare({ ...at, sum: SUM });
  await compare({ ...at, sum: SUM });
  expect([hear.mock.calls.length, feedRows.mock.calls.length]).toEqual([0, 1]);
});

test('another version of one row is another sum, and is told', async () => {
  const { compare, hear } = aTablet([task('a'), task('b', 2)]);
  await compare({ ...at, sum: SUM });
  expect(hear).toHaveBeenCalledWith({ event: 'diverged', feed: 'unit:u1', epoch: 'e1', seq: 4 });
});

test('rows that have moved on are not compared, neither before nor in the middle', async () => {
  const { compare, hear, feedRows, shelf } = aTablet([task('a', 9)]);
  const began = compare({ ...at, sum: SUM });
  shelf.cursor = ['e1', 5];
  await Promise.all([began, compare({ ...at, sum: SUM })]);
  await compare({ ...at, sum: SUM });
  shelf.cursor = ['e2', 4];
  await compare({ ...at, sum: SUM });
  expect([hear.mock.calls.length, feedRows.mock.calls.length]).toEqual([0, 1]);
});

test('each row is hashed once, and others may go on in between', async () => {
  const many = Array.from({ length: 1_000 }, (_, n) => task(`id-${n}`));
  const { compare, hear } = aTablet(many);
  const digest = vi.spyOn(crypto.subtle, 'digest');
  let turns = 0;
  const others = setInterval(() => turns++);
  await compare({ ...at, sum: 'no' });
  await compare({ ...at, sum: 'no' });
  clearInterval(others);
  expect([digest.mock.calls.length, hear.mock.calls.length]).toEqual([1_000, 2]);
  expect(turns).toBeGreaterThan(1);
});
