import { describe, expect, test } from 'vitest';
import { chunk, cursor, delta, frame, liveAt, newTablet, page, unitPolled } from './trial/feeds.ts';
import { DEVICE, Driven, find, UNIT } from './trial/tablet.ts';

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

describe('an app that is too old to read', () => {
  test('sends all that waits, keeps its rows, and asks again later', () => {
    const tablet = liveAt(4);
    frame(tablet, delta(6, 6));
    const refused = tablet.got(426, { type: 'urn:wardlight:update_needed', status: 426 });
    expect(refused.map(({ action }) => action)).not.toContain('forget');
    expect(cursor(tablet)).toEqual(['e1', 4]);
    const waiting = { entry_id: 'a', n: 1, stay_id: null, depends_on: [], bytes: 9 };
    tablet.hear({ event: 'saved', waiting });
    expect(find(tablet.gain(), 'post')).toMatchObject({ entry_ids: ['a'] });
    tablet.answer(200, { verdicts: [{ verdict: 'accepted' }], heads: {}, epoch: 'e1' });
    tablet.hear({ event: 'settled' });
    expect(tablet.state.push.waiting).toEqual([]);
  });
});
