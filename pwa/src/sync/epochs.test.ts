import { describe, expect, test } from 'vitest';
import { summary } from './summary.ts';
import { chunk, frame, liveAt, newTablet } from './trial/feeds.ts';
import { anEntry, find, UNIT, verdicts, waitingTablet } from './trial/tablet.ts';

const upto = (epoch: string, head = 4, sum = 'ff') => ({ frame: 'upto', feed: UNIT, epoch, head, sum });

describe('an epoch', () => {
  test('that is heard for the first time after a start is asked of storage, once', () => {
    const tablet = liveAt(4);
    expect(find(frame(tablet, upto('e1')), 'resend')).toEqual({ action: 'resend', epoch: 'e1' });
    expect(find(frame(tablet, upto('e1')), 'resend')).toBeUndefined();
    expect(find(frame(tablet, upto('')), 'resend')).toBeUndefined();
  });

  test.each([
    ['an upto', upto('e2', 1)],
    ['a reset', { frame: 'reset', feed: UNIT, epoch: 'e2', why: 'restored' }],
  ])('another one, heard by %s, sends the ring again', (_what, heard) => {
    const tablet = liveAt(4);
    frame(tablet, upto('e1'));
    expect(find(frame(tablet, heard), 'resend')).toEqual({ action: 'resend', epoch: 'e2' });
  });

  test('another one, heard by a snapshot, sends the ring again', () => {
    expect(find(newTablet().got(200, chunk(0, true)), 'resend')).toEqual({ action: 'resend', epoch: 'e1' });
  });

  test('another one, heard by a verdict, sends the ring again after the verdicts are written', () => {
    const tablet = waitingTablet([anEntry(9)]);
    tablet.gain();
    const actions = tablet
      .answer(200, { ...(verdicts(['e9']) as object), epoch: 'e2' })
      .map((one) => one.action);
    expect(actions.indexOf('settle')).toBeLessThan(actions.indexOf('resend'));
  });

  test('what goes again is counted until it has a verdict again, and goes oldest first', () => {
    const tablet = waitingTablet([anEntry(9)]);
    tablet.hear({ event: 'resent', entry_ids: ['e1', 'e2'] });
    tablet.hear({ event: 'resent', entry_ids: ['e2'] });
    const waiting = [anEntry(9), anEntry(2), anEntry(1)];
    tablet.hear({ event: 'outbox_read', waiting, held: [], last_sent_at: null });
    expect(summary(tablet.state, tablet.now).resending).toBe(2);
    expect(find(tablet.gain(), 'post')?.entry_ids).toEqual(['e1', 'e2', 'e9']);
    tablet.answer(200, verdicts(['e1', 'e2', 'e9'], { e1: { verdict: 'duplicate', outcome: 'accepted' } }));
    tablet.hear({ event: 'settled' });
    expect(summary(tablet.state, tablet.now).resending).toBe(0);
  });
});

test.each([
  ['the outbox is read', { event: 'outbox_read', waiting: [anEntry(2)], held: [], last_sent_at: null }],
  ['the lock is ours', { event: 'flush_gained', waiting: [anEntry(2)] }],
] as const)('what went again is no longer counted once somebody else has sent it and %s', (_when, read) => {
  const tablet = waitingTablet([anEntry(9)]);
  tablet.hear({ event: 'resent', entry_ids: ['e1', 'e2'] });
  tablet.hear(read);
  expect(summary(tablet.state, tablet.now).resending).toBe(1);
});

describe('a sum', () => {
  test('at the cursor is compared; one that is ahead, empty, or comes while pages are fetched is not', () => {
    const tablet = liveAt(4);
    expect(find(frame(tablet, upto('e1')), 'compare')).toEqual({
      action: 'compare',
      feed: UNIT,
      epoch: 'e1',
      seq: 4,
      sum: 'ff',
    });
    for (const heard of [upto('e1', 3), upto('e1', 4, ''), upto('e2'), { ...upto('e1'), feed: 'unit:other' }])
      expect(find(frame(tablet, heard), 'compare')).toBeUndefined();
    expect(find(frame(tablet, { ...upto('', 0), feed: 'user:mai' }), 'compare')).toBeUndefined();
    frame(tablet, { frame: 'delta', feed: UNIT, epoch: 'e1', from: 7, to: 7, changes: [] });
    expect(find(frame(tablet, upto('e1')), 'compare')).toBeUndefined();
  });

  test('that differs begins the feed again, is told in the next hello once, and not compared again at once', () => {
    const tablet = liveAt(4);
    const at = { feed: UNIT, epoch: 'e1', seq: 4 };
    const actions = tablet.hear({ event: 'diverged', ...at });
    expect(find(actions, 'get_snapshot')).toMatchObject({ feed: UNIT, chunk: 0 });
    expect(find(actions, 'send')?.frame).toMatchObject({ frame: 'hello', diverged: [UNIT] });
    const read = tablet.got(200, { ...chunk(0, true), head: 4 });
    expect(find(read, 'send')?.frame).not.toHaveProperty('diverged');
    expect(find(frame(tablet, upto('e1')), 'compare')).toBeUndefined();
    for (let minute = 0; minute < 20; minute++) {
      tablet.pass(30_000);
      frame(tablet, { frame: 'ping', at: '' });
    }
    expect(find(frame(tablet, upto('e1')), 'compare')).toBeDefined();
  });

  test.each([
    ['another feed', { feed: 'unit:other', epoch: 'e1', seq: 4 }],
    ['another epoch', { feed: UNIT, epoch: 'e0', seq: 4 }],
  ])('of %s that differed is passed over', (_what, at) => {
    expect(find(liveAt(4).hear({ event: 'diverged', ...at }), 'get_snapshot')).toBeUndefined();
  });
});

describe('a word of an epoch that the server has left', () => {
  const push = (epoch: string) => ({ ...(verdicts(['e9']) as object), epoch });

  /** Two epochs were heard; the batch that is out was asked for before the second. */
  function moved() {
    const tablet = liveAt(4);
    frame(tablet, upto('e1'));
    tablet.hear({ event: 'saved', waiting: anEntry(9) });
    tablet.gain();
    const sent_at = tablet.now;
    tablet.pass(50);
    frame(tablet, upto('e2'));
    return { tablet, sent_at };
  }

  test('takes nothing out of the outbox when it was asked for before, and the same batch is asked again', () => {
    const { tablet, sent_at } = moved();
    const late = tablet.hear({ event: 'push_reply', status: 200, body: push('e1'), sent_at });
    expect(late.map((one) => one.action)).toEqual(['post']);
    tablet.pass(50);
    expect(find(tablet.answer(200, push('e2')), 'settle')).toMatchObject({ epoch: 'e2' });
  });

  test('moves nothing as a frame', () => {
    const { tablet } = moved();
    const frames = [upto('e1'), { frame: 'reset', feed: UNIT, epoch: 'e1', why: 'old' }, upto('e2')];
    for (const heard of frames) expect(find(frame(tablet, heard), 'resend')).toBeUndefined();
  });

  test('is not shown as a snapshot, which is asked for again', () => {
    const tablet = newTablet();
    tablet.hear({ event: 'saved', waiting: anEntry(9) });
    tablet.gain();
    const sent_at = tablet.now;
    for (const epoch of ['e1', 'e2']) {
      tablet.pass(50);
      tablet.answer(200, push(epoch));
      tablet.hear({ event: 'settle_failed' });
      tablet.pass(2_000);
      tablet.gain();
    }
    const body = chunk(0, true);
    const late = tablet.hear({ event: 'get_reply', feed: UNIT, status: 200, body, sent_at });
    expect(late.map((one) => one.action)).toEqual(['get_snapshot']);
  });

  test('is believed when it was asked for after: the server went back', () => {
    const { tablet } = moved();
    tablet.pass(50);
    const actions = tablet.answer(200, push('e1'));
    expect(find(actions, 'settle')).toMatchObject({ epoch: 'e1' });
    expect(find(actions, 'resend')).toEqual({ action: 'resend', epoch: 'e1' });
  });

  test('that storage was writing down while the next one was heard goes again', () => {
    const tablet = liveAt(4);
    frame(tablet, upto('e1'));
    tablet.hear({ event: 'saved', waiting: anEntry(9) });
    tablet.gain();
    tablet.answer(200, push('e1'));
    frame(tablet, upto('e2'));
    expect(find(tablet.hear({ event: 'settled' }), 'resend')).toEqual({ action: 'resend', epoch: 'e2' });
  });
});
