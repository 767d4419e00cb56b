import { describe, expect, test } from 'vitest';
import type { Action, Change } from './contract.ts';
import { DEVICE, Driven, find, UNIT } from './trial/tablet.ts';

const change = (seq: number): Change => ({ seq, type: 'task', id: `t${seq}`, version: 1, row: {} });
const delta = (from: number, to: number, epoch = 'e1') => ({
  frame: 'delta',
  feed: UNIT,
  epoch,
  from,
  to,
  changes: Array.from({ length: to - from + 1 }, (_, i) => change(from + i)),
});
const page = (seqs: number[], more = {}) => ({
  feed: UNIT,
  epoch: 'e1',
  head: seqs.at(-1) ?? 0,
  more: false,
  changes: seqs.map(change),
  server_at: '2026-11-22T00:00:00.000Z',
  ...more,
});
const chunk = (place: number, last: boolean, more = {}) => ({
  feed: UNIT,
  epoch: 'e1',
  head: 9,
  chunk: place,
  last,
  rows: [{ type: 'bed', id: `b${place}`, version: 1, row: {} }],
  server_at: '2026-11-22T00:00:00.000Z',
  ...more,
});

function liveAt(seq: number): Driven {
  const tablet = new Driven();
  tablet.start();
  tablet.live(seq);
  return tablet;
}
function newTablet(): Driven {
  const tablet = new Driven();
  tablet.start();
  tablet.hear({ event: 'live_gained', cursors: {} });
  tablet.hear({ event: 'socket_opened' });
  return tablet;
}
const unitPolled = (actions: Action[]) =>
  actions.some((one) => one.action === 'get_changes' && one.feed === UNIT);
const frame = (tablet: Driven, heard: unknown) => tablet.hear({ event: 'frame', frame: heard });
const cursor = (tablet: Driven) => [tablet.state.feeds[UNIT]?.epoch, tablet.state.feeds[UNIT]?.seq];

describe('a delta', () => {
  test('that begins right after the cursor is applied, data and cursor in one action', () => {
    const tablet = liveAt(4);
    expect(find(frame(tablet, delta(5, 6)), 'append')).toEqual({
      action: 'append',
      feed: UNIT,
      epoch: 'e1',
      seq: 6,
      changes: [change(5), change(6)],
    });
    expect(cursor(tablet)).toEqual(['e1', 6]);
  });

  test.each([
    ['leaves a hole', delta(6, 7)],
    ['overlaps', delta(4, 5)],
    ['is of another epoch', delta(5, 5, 'e2')],
    ['is not dense', { ...delta(5, 6), changes: [change(5), change(7)] }],
    ['names another end', { ...delta(5, 6), to: 7 }],
  ])('that %s is not applied: pages are fetched', (_what, heard) => {
    const tablet = liveAt(4);
    const actions = frame(tablet, heard);
    expect(find(actions, 'append')).toBeUndefined();
    expect(find(actions, 'get_changes')).toMatchObject({ feed: UNIT, epoch: 'e1', after: 4 });
    expect(cursor(tablet)).toEqual(['e1', 4]);
  });

  test.each([
    ['brings nothing new', delta(3, 4)],
    ['is of a feed that is not ours', { ...delta(5, 5), feed: 'unit:other' }],
    ['has no changes', { ...delta(5, 5), changes: 'none' }],
    ['has no end', { ...delta(5, 5), to: null }],
    ['is not a frame', 7],
    ['is of a kind that a newer server knows', { frame: 'weather' }],
  ])('that %s is passed over', (_what, heard) => {
    expect(frame(liveAt(4), heard).filter((one) => one.action !== 'set_timer')).toEqual([]);
  });

  test('before the first snapshot is passed over', () => {
    expect(find(frame(newTablet(), delta(1, 1)), 'append')).toBeUndefined();
  });

  test('on a socket that is closed is passed over', () => {
    const tablet = liveAt(4);
    tablet.hear({ event: 'socket_closed' });
    expect(frame(tablet, delta(5, 5))).toEqual([]);
  });
});

describe('a page', () => {
  function behind(): Driven {
    const tablet = liveAt(4);
    frame(tablet, delta(7, 7));
    return tablet;
  }

  test('closes the hole, and another follows while there is more', () => {
    const tablet = behind();
    const actions = tablet.got(200, page([5, 6], { more: true, head: 7 }));
    expect(find(actions, 'append')).toMatchObject({ seq: 6 });
    expect(find(actions, 'get_changes')).toMatchObject({ after: 6 });
    const end = tablet.got(200, page([7]));
    expect(find(end, 'append')).toMatchObject({ seq: 7 });
    expect(find(end, 'get_changes')).toBeUndefined();
  });

  test('that a delta overtook is applied from where the delta ended', () => {
    const tablet = behind();
    frame(tablet, delta(5, 6));
    expect(find(tablet.got(200, page([5, 6, 7])), 'append')?.changes).toEqual([change(7)]);
  });

  test('with nothing in it ends the fetch', () => {
    const tablet = behind();
    tablet.got(200, page([], { head: 4 }));
    expect(tablet.state.feeds[UNIT]).toMatchObject({ under_way: false, fetch: null, behind_at: null });
  });

  test.each([
    ['of another epoch', page([5], { epoch: 'e2' })],
    ['of another feed', page([5], { feed: 'reference' })],
    ['with a hole', page([5, 7])],
    ['that is empty although there is more', page([], { head: 7 })],
    ['without a head', page([5], { head: null })],
    ['that is HTML', undefined],
  ])('%s is not applied; it is asked for again later', (_what, body) => {
    const tablet = behind();
    expect(find(tablet.got(200, body), 'append')).toBeUndefined();
    expect(find(tablet.pass(1_000), 'get_changes')).toMatchObject({ after: 4 });
  });

  test.each([0, 401, 403, 500])('refused with %s removes nothing', (status) => {
    const tablet = behind();
    const actions = tablet.got(status, {});
    expect(actions.filter((one) => !['set_timer'].includes(one.action))).toEqual([]);
    expect(cursor(tablet)).toEqual(['e1', 4]);
  });

  test('that can no longer be served leads to a snapshot', () => {
    expect(find(behind().got(410, { title: 'Gone' }), 'get_snapshot')).toEqual({
      action: 'get_snapshot',
      feed: UNIT,
      chunk: 0,
      head: null,
    });
  });

  test('that nobody asked for is passed over', () => {
    expect(liveAt(4).got(200, page([5]))).toEqual([]);
    expect(liveAt(4).got(200, page([5]), 'unit:other')).toEqual([]);
  });
});

describe('a snapshot', () => {
  test('is shown chunk by chunk, kept whole, and greeted with its cursor', () => {
    const tablet = newTablet();
    const first = tablet.got(200, chunk(0, false));
    expect(find(first, 'show')?.rows).toHaveLength(1);
    expect(find(first, 'get_snapshot')).toMatchObject({ chunk: 1, head: 9 });
    const actions = tablet.got(200, chunk(1, true));
    expect(find(actions, 'replace')).toMatchObject({
      epoch: 'e1',
      seq: 9,
      rows: [{ id: 'b0' }, { id: 'b1' }],
    });
    expect(find(actions, 'send')?.frame).toMatchObject({
      frame: 'hello',
      subscriptions: { [UNIT]: ['e1', 9] },
    });
  });

  test('whose later chunk has another head begins again', () => {
    const tablet = newTablet();
    tablet.got(200, chunk(0, false));
    tablet.got(200, chunk(1, true, { head: 10 }));
    expect(find(tablet.pass(1_000), 'get_snapshot')).toMatchObject({ chunk: 0, head: null });
  });

  test('whose reading the server no longer keeps begins again', () => {
    const tablet = newTablet();
    tablet.got(200, chunk(0, false));
    tablet.got(404, { title: 'Not found' });
    expect(find(tablet.pass(1_000), 'get_snapshot')).toMatchObject({ chunk: 0, head: null });
  });

  test('goes on with the chunk at which the line broke', () => {
    const tablet = newTablet();
    tablet.got(200, chunk(0, false));
    tablet.got(0);
    expect(find(tablet.pass(1_000), 'get_snapshot')).toMatchObject({ chunk: 1, head: 9 });
  });

  test.each([
    ['another place', chunk(3, false)],
    ['rows that are none', chunk(0, false, { rows: [7] })],
    ['no epoch', chunk(0, false, { epoch: null })],
    ['no head', chunk(0, false, { head: '9' })],
  ])('with %s is not used', (_what, body) => {
    const tablet = newTablet();
    expect(tablet.got(200, body).filter((one) => one.action === 'show')).toEqual([]);
    expect(tablet.state.feeds[UNIT]?.attempt).toBe(1);
  });

  test('taken without a socket is followed by a page', () => {
    const tablet = new Driven();
    tablet.start();
    tablet.hear({ event: 'live_gained', cursors: {} });
    expect(find(tablet.got(200, chunk(0, true)), 'get_changes')).toMatchObject({ after: 9 });
  });
});

describe('a reset', () => {
  const reset = (epoch: string, feed = UNIT) => ({ frame: 'reset', feed, epoch, why: 'restored' });

  test('leads to a snapshot and leaves the outbox alone', () => {
    const tablet = liveAt(4);
    const before = tablet.state.push;
    expect(find(frame(tablet, reset('e2')), 'get_snapshot')).toMatchObject({ feed: UNIT, chunk: 0 });
    expect(tablet.state.push).toEqual(before);
  });

  test('while a page is under way voids its answer', () => {
    const tablet = liveAt(4);
    frame(tablet, delta(6, 6));
    frame(tablet, reset('e2'));
    const actions = tablet.got(200, page([5, 6]));
    expect(find(actions, 'append')).toBeUndefined();
    expect(find(actions, 'get_snapshot')).toMatchObject({ chunk: 0 });
  });

  test('that answers a hello without a cursor does not begin the snapshot again', () => {
    const tablet = newTablet();
    frame(tablet, reset('e1'));
    tablet.got(200, chunk(0, false));
    frame(tablet, reset('e1'));
    expect(find(tablet.got(200, chunk(1, true)), 'replace')).toBeDefined();
  });

  test('to another epoch in the middle of a snapshot begins it again', () => {
    const tablet = newTablet();
    tablet.got(200, chunk(0, false));
    frame(tablet, reset('e2'));
    expect(find(tablet.got(200, chunk(1, true)), 'get_snapshot')).toMatchObject({ chunk: 0 });
  });

  test('of a feed that is not ours is passed over', () => {
    expect(find(frame(liveAt(4), reset('e1', 'unit:other')), 'get_snapshot')).toBeUndefined();
  });
});

describe('a head', () => {
  const upto = (head: unknown, epoch = 'e1') => ({ frame: 'upto', feed: UNIT, epoch, head, sum: '' });

  test('further than the cursor waits for its delta, then fetches pages', () => {
    const tablet = liveAt(4);
    expect(find(frame(tablet, upto(6)), 'get_changes')).toBeUndefined();
    expect(find(tablet.pass(1_500), 'get_changes')).toMatchObject({ after: 4 });
  });

  test('reached by the delta is not asked about', () => {
    const tablet = liveAt(4);
    frame(tablet, upto(6));
    frame(tablet, delta(5, 6));
    expect(find(tablet.pass(1_500), 'get_changes')).toBeUndefined();
  });

  test('only partly reached by the delta is', () => {
    const tablet = liveAt(4);
    frame(tablet, upto(6));
    frame(tablet, delta(5, 5));
    expect(find(tablet.pass(1_500), 'get_changes')).toMatchObject({ after: 5 });
  });

  test('of another epoch leads to a page that the server will not serve', () => {
    const tablet = liveAt(4);
    frame(tablet, upto(2, 'e2'));
    expect(find(tablet.pass(1_500), 'get_changes')).toMatchObject({ epoch: 'e1' });
  });

  test.each([upto(4), upto(3), upto(null)])('that is known already changes nothing', (heard) => {
    const tablet = liveAt(4);
    frame(tablet, heard);
    expect(tablet.state.feeds[UNIT]?.behind_at).toBeNull();
  });

  test('named with verdicts is fetched at once when there is no socket', () => {
    const tablet = new Driven();
    tablet.start();
    tablet.hear({ event: 'live_gained', cursors: { [UNIT]: ['e1', 4], reference: ['e1', 0] } });
    for (const feed of [UNIT, 'reference']) tablet.got(200, { ...page([], { head: 0 }), feed }, feed);
    tablet.hear({
      event: 'saved',
      waiting: { entry_id: 'a', n: 1, stay_id: null, depends_on: [], bytes: 9 },
    });
    tablet.gain();
    const body = { verdicts: [{ verdict: 'accepted' }], heads: { [UNIT]: 5, 'unit:other': 7 }, epoch: 'e1' };
    expect(find(tablet.answer(200, body), 'get_changes')).toMatchObject({ feed: UNIT, after: 4 });
  });
});

describe('without a socket', () => {
  test('that failed twice feeds are polled, so that a blocked socket does not stop the ward', () => {
    const tablet = new Driven();
    tablet.start();
    tablet.hear({ event: 'live_gained', cursors: { [UNIT]: ['e1', 4], reference: ['e1', 0] } });
    expect(find(tablet.hear({ event: 'socket_closed' }), 'get_changes')).toBeUndefined();
    tablet.pass(1_000);
    const actions = tablet.hear({ event: 'socket_closed' });
    expect(actions).toContainEqual(expect.objectContaining({ action: 'get_changes', feed: UNIT, after: 4 }));
    tablet.got(200, page([], { head: 4 }));
    expect(unitPolled(tablet.pass(14_000))).toBe(false);
    expect(unitPolled(tablet.pass(1_000))).toBe(true);
  });

  test('and without the lock nothing is fetched at all', () => {
    const tablet = new Driven();
    expect(find(tablet.start(), 'get_snapshot')).toBeUndefined();
    expect(find(tablet.pass(60_000), 'get_snapshot')).toBeUndefined();
  });
});

describe('feeds', () => {
  test('are reference, the unit, and each person signed in; a person who signs out takes hers along', () => {
    const tablet = liveAt(4);
    const session = { session_id: 'x', staff_id: 'mai' };
    const actions = tablet.hear({ event: 'session_opened', session });
    expect(find(actions, 'get_snapshot')).toMatchObject({ feed: 'user:mai' });
    tablet.hear({ event: 'session_opened', session });
    expect(Object.keys(tablet.state.feeds)).toEqual(['reference', UNIT, 'user:mai']);
    const gone = tablet.hear({ event: 'session_ended', session_id: 'x' });
    expect(find(gone, 'forget')).toEqual({ action: 'forget', feed: 'user:mai' });
  });

  test('in storage that are no longer wanted are forgotten, but not before the tablet knows itself', () => {
    const cursors = { 'user:gone': ['e1', 3] } as const;
    const tablet = new Driven();
    expect(find(tablet.hear({ event: 'live_gained', cursors }), 'forget')).toBeUndefined();
    tablet.start();
    expect(find(tablet.hear({ event: 'live_gained', cursors }), 'forget')).toEqual({
      action: 'forget',
      feed: 'user:gone',
    });
  });

  test('follow the tablet to another unit', () => {
    const tablet = liveAt(4);
    const body = { ...DEVICE, unit_id: 'u2', name: 'Two' };
    const reply = { event: 'device_reply', status: 200, body, sent_at: tablet.now } as const;
    const actions = tablet.hear(reply);
    expect(find(actions, 'forget')).toEqual({ action: 'forget', feed: UNIT });
    expect(tablet.state.device).toEqual({ ...DEVICE, unit_id: 'u2', name: 'Two' });
    tablet.hear({ ...reply, body: { ...body, name: 7 } });
    expect(tablet.state.device?.name).toBe('Two');
  });
});
