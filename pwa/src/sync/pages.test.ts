import { describe, expect, test } from 'vitest';
import { change, chunk, cursor, delta, frame, liveAt, newTablet, page } from './trial/feeds.ts';
import { Driven, find, UNIT } from './trial/tablet.ts';

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
