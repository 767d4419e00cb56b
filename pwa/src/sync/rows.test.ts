import { describe, expect, test, vi } from 'vitest';
import type { Change, SnapshotRow } from './contract.ts';
import type { OptimisticRules, Pending } from './overlay.ts';
import { rowsOfSnapshot, takesAway } from './replica.ts';
import { RowStore } from './rows.ts';

const UNIT = 'unit:u1';
const task = (id: string, version = 1, state = 'ready'): SnapshotRow => ({
  type: 'task',
  id,
  version,
  row: { task_id: id, stay_id: 's1', state },
});
const change = (seq: number, row: SnapshotRow | null, id = row?.id ?? ''): Change => ({
  seq,
  type: row?.type ?? 'task',
  id,
  version: row?.version ?? 9,
  row: row?.row ?? null,
});
const RULES: OptimisticRules = {
  task_done: ({ body }, store) => {
    const row = store.row('task', body.task_id);
    return row ? [{ type: 'task', id: body.task_id, row: { ...row, state: 'completed' } }] : [];
  },
  note_written: ({ body }, store) => {
    const row = store.row('stay', body.stay_id);
    return row ? [{ type: 'stay', id: body.stay_id, row: { ...row, note: body.note ?? null } }] : [];
  },
  duty_started: ({ entry_id }) => [{ type: 'duty', id: entry_id, row: { duty_id: entry_id } as never }],
};

function aStore(...rows: SnapshotRow[]): RowStore {
  const store = new RowStore();
  store.overlay.learn(RULES);
  store.replace(UNIT, ['e1', 4], rowsOfSnapshot(rows));
  return store;
}
function done(task_id: string, entry_id = 'x'): Pending {
  const body = { stay_id: 's1', task_id, observed_at: '' };
  return {
    saved: { entry_id, type: 'task_done', body, staff_id: 'mai', recorded_at: '' } as Pending['saved'],
  };
}

describe('the store of rows', () => {
  test('keeps the object of a row, and the list, that did not change', () => {
    const store = aStore(task('a'), task('b'));
    const [list, a, beds] = [store.rows('task'), store.row('task', 'a'), store.rows('bed')];
    expect(store.apply(UNIT, 'e1', [change(5, task('b', 2, 'accepted'))])).toBe(true);
    expect(store.row('task', 'a')).toBe(a);
    expect(store.rows('task')).not.toBe(list);
    expect(store.rows('bed')).toBe(beds);
  });

  test('keeps the objects of a snapshot whose versions are the same', () => {
    const store = aStore(task('a'), task('b'));
    const [a, b] = [store.row('task', 'a'), store.row('task', 'b')];
    store.replace(UNIT, ['e1', 9], rowsOfSnapshot([task('a'), task('b', 2)]));
    expect(store.row('task', 'a')).toBe(a);
    expect(store.row('task', 'b')).not.toBe(b);
    expect(store.cursor(UNIT)).toEqual(['e1', 9]);
  });

  test.each([
    ['another epoch', 'e2', 5],
    ['a hole', 'e1', 6],
    ['nothing new', 'e1', 4],
  ])('refuses changes of %s', (_what, epoch, seq) => {
    const store = aStore(task('a'));
    expect(store.apply(UNIT, epoch, [change(seq, task('a', 2))])).toBe(false);
    expect(store.apply('unit:other', epoch, [change(seq, task('a', 2))])).toBe(false);
    expect(store.cursor(UNIT)).toEqual(['e1', 4]);
  });

  test('tells only those who look at a type that changed', () => {
    const store = aStore(task('a'));
    const [tasks, beds] = [vi.fn(), vi.fn()];
    const stop = store.listen('task', tasks);
    store.listen('bed', beds);
    store.apply(UNIT, 'e1', [change(5, task('a', 2))]);
    stop();
    store.apply(UNIT, 'e1', [change(6, task('a', 3))]);
    expect([tasks.mock.calls.length, beds.mock.calls.length]).toEqual([1, 0]);
  });

  test('lets a patient go with every row of the stay, but not what waits for an answer nor another feed', () => {
    const held = { type: 'held_entry', id: 'h', version: 1, row: { stay_id: 's1' } };
    const stay = { type: 'stay', id: 's1', version: 1, row: { stay_id: 's1' } };
    const patient = { type: 'patient', id: 'p', version: 1, row: { stay_id: 's1' } };
    const store = aStore(task('a'), held, stay, patient, {
      ...task('b'),
      row: { task_id: 'b', stay_id: 's2' },
    });
    store.replace('user:mai', ['e1', 1], rowsOfSnapshot([task('c')]));
    const exit = { seq: 5, type: 'exit', id: 's1', version: 1, row: null };
    expect([takesAway([change(5, task('a'))]), takesAway([exit])]).toEqual([false, true]);
    store.apply(UNIT, 'e1', [exit]);
    expect(store.rows('task').map((row) => row.task_id)).toEqual(['b', 'c']);
    expect([store.row('stay', 's1'), store.row('patient', 'p')]).toEqual([undefined, undefined]);
    expect(store.row('held_entry', 'h')).toBeDefined();
  });

  test("knows the server's version of a row, and none of a row that only this tablet has", () => {
    const store = aStore(task('a'), task('b', 3));
    expect([store.version('task', 'b'), store.version('task', 'c')]).toEqual([3, undefined]);
    store.forget(UNIT);
    expect(store.version('task', 'b')).toBeUndefined();
  });

  test('shows a snapshot while it is being read, and forgets a feed', () => {
    const store = new RowStore();
    store.show(UNIT, [task('a')]);
    expect(store.row('task', 'a')).toBeDefined();
    expect(store.apply(UNIT, 'e1', [change(1, task('b'))])).toBe(false);
    store.forget(UNIT);
    expect(store.rows('task')).toEqual([]);
    expect(store.feedRows(UNIT).size).toBe(0);
  });

  test('keeps a row of two feeds until both let it go', () => {
    const store = aStore(task('a'));
    store.replace('user:mai', ['e1', 1], rowsOfSnapshot([task('a')]));
    store.forget(UNIT);
    expect(store.row('task', 'a')).toBeDefined();
  });
});

describe('the overlay', () => {
  test('shows at once what was saved here, over the newest rows of the server', () => {
    const store = aStore(task('a'));
    store.expect([done('a')]);
    expect(store.row('task', 'a')?.state).toBe('completed');
    expect(store.isPending('task', 'a')).toBe(true);
    store.apply(UNIT, 'e1', [
      change(5, { ...task('a', 2), row: { task_id: 'a', state: 'ready', text: 'new' } }),
    ]);
    expect(store.row('task', 'a')).toMatchObject({ state: 'completed', text: 'new' });
  });

  test('keeps its object while nothing about it changes', () => {
    const store = aStore(task('a'), task('b'));
    store.expect([done('a')]);
    const shown = store.row('task', 'a');
    store.apply(UNIT, 'e1', [change(5, task('b', 2))]);
    expect(store.row('task', 'a')).toBe(shown);
  });

  test('with one entry after the other is the same as with all at once, and looks at each entry once', () => {
    const asked: string[] = [];
    const rules: OptimisticRules = {
      ...RULES,
      task_done: (entry, store) => {
        asked.push(entry.entry_id);
        return RULES.task_done?.(entry, store) ?? [];
      },
      task_claimed: ({ body }, store) => [
        {
          type: 'task',
          id: body.task_id,
          row: { task_id: body.task_id, text: `of ${store.rows('task').length}` } as never,
        },
      ],
    };
    const entries = [
      done('a', '1'),
      { saved: { ...done('c', '2').saved, type: 'task_claimed' } as Pending['saved'] },
      done('c', '3'),
      done('b', '4'),
    ];
    const [slowly, at_once] = [aStore(task('a'), task('b')), aStore(task('a'), task('b'))];
    for (const store of [slowly, at_once]) store.overlay.learn(rules);
    slowly.expect([]);
    for (const one of entries) slowly.expect([one]);
    expect(asked).toEqual(['1', '3', '4']);
    at_once.expectOnly(entries);
    expect(slowly.rows('task')).toEqual(at_once.rows('task'));
    expect(slowly.row('task', 'c')).toEqual({ task_id: 'c', text: 'of 2', state: 'completed' });
    slowly.apply(UNIT, 'e1', [change(5, task('b', 2, 'accepted'))]);
    slowly.answered([], ['1'], {}, '');
    slowly.expect([done('b', '5')]);
    expect(slowly.rows('task').map((row) => [row.task_id, row.state])).toEqual([
      ['a', 'ready'],
      ['b', 'completed'],
      ['c', 'completed'],
    ]);
  });

  test('goes when the verdict has come and the feed has reached its head, not before', () => {
    const store = aStore(task('a'));
    store.expect([done('a')]);
    store.answered(['x'], [], { [UNIT]: 5, 'unit:other': 99 }, 'e1');
    expect(store.row('task', 'a')?.state).toBe('completed');
    store.apply(UNIT, 'e1', [change(5, task('a', 2, 'failed'))]);
    expect(store.row('task', 'a')?.state).toBe('failed');
    expect(store.isPending('task', 'a')).toBe(false);
  });

  test('goes at once when the feed was there before the verdict, or began anew', () => {
    for (const [head, epoch] of [
      [4, 'e1'],
      [9, 'e0'],
    ] as const) {
      const store = aStore(task('a'));
      store.expect([done('a')]);
      store.answered(['x', 'unknown'], [], { [UNIT]: head }, epoch);
      expect(store.row('task', 'a')?.state).toBe('ready');
    }
  });

  test('goes when the entry is held: the tray shows it', () => {
    const store = aStore(task('a'));
    store.expect([done('a')]);
    store.answered([], ['x'], {}, '');
    expect(store.row('task', 'a')?.state).toBe('ready');
  });

  test('of several entries builds one upon the other', () => {
    const stay = { type: 'stay', id: 's1', version: 1, row: { stay_id: 's1', note: 'old' } };
    const store = aStore(stay);
    const note = (entry_id: string, text: string): Pending => ({
      saved: {
        entry_id,
        type: 'note_written',
        body: { stay_id: 's1', note: text, observed_at: '' },
        staff_id: 'mai',
        recorded_at: '',
      },
    });
    store.expectOnly([note('1', 'first'), note('2', 'second'), done('gone', '3')]);
    expect(store.row('stay', 's1')?.note).toBe('second');
    store.answered([], ['2'], {}, '');
    expect(store.row('stay', 's1')?.note).toBe('first');
  });

  test("of a row that the entry made gives way to the server's own", () => {
    const store = aStore();
    const body = { unit_id: 'u1', post: 'nurse', bed_ids: [], observed_at: '' } as const;
    const saved = { entry_id: 'd1', type: 'duty_started', body, staff_id: 'mai', recorded_at: '' };
    store.expect([{ saved: saved as unknown as Pending['saved'] }]);
    expect(store.row('duty', 'd1')).toEqual({ duty_id: 'd1' });
    store.apply(UNIT, 'e1', [
      { seq: 5, type: 'duty', id: 'd1', version: 1, row: { duty_id: 'd1', post: 'charge' } },
    ]);
    expect(store.row('duty', 'd1')?.post).toBe('charge');
  });

  test('may take a row away, and lets a rule see what the rules before it left', () => {
    const store = aStore(task('a'), task('b'));
    store.overlay.learn({
      task_done: ({ body }) => [{ type: 'task', id: body.task_id, row: null }],
      task_claimed: ({ body }, rows) => [
        {
          type: 'task',
          id: body.task_id,
          row: { task_id: body.task_id, text: `of ${rows.rows('task').length}` } as never,
        },
      ],
    });
    store.expectOnly([
      done('a'),
      { saved: { ...done('b', 'y').saved, type: 'task_claimed' } as Pending['saved'] },
    ]);
    expect(store.rows('task').map((row) => row.text)).toEqual(['of 1']);
  });

  test('shows nothing for an entry type without a rule', () => {
    const store = aStore(task('a'));
    store.expect([{ saved: { ...done('a').saved, type: 'task_claimed' } as Pending['saved'] }]);
    expect(store.isPending('task', 'a')).toBe(false);
  });
});
