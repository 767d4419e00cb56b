import { describe, expect, test } from 'vitest';
import { atRest } from './push.ts';
import { anEntry, DEVICE, Driven, find, ids, many, verdicts, waitingTablet } from './trial/tablet.ts';

describe('a batch', () => {
  test('is asked for with the lock first, and goes oldest first', () => {
    const tablet = new Driven();
    expect(find(tablet.start([anEntry(2), anEntry(1)]), 'take_flush')).toBeDefined();
    expect(find(tablet.gain(), 'post')).toEqual({
      action: 'post',
      entry_ids: ['e1', 'e2'],
      next: [],
      outbox_depth: 2,
    });
  });

  test('names what follows it, so that this is ready when the answer comes', () => {
    const tablet = waitingTablet([...many(501), anEntry(502, { depends_on: ['e1'] })]);
    expect(find(tablet.gain(), 'post')?.next).toEqual(['e501', 'e502']);
    tablet.answer(200, verdicts(tablet.state.push.flight ?? []));
    expect(find(tablet.hear({ event: 'settled' }), 'post')?.entry_ids).toEqual(['e501', 'e502']);
  });

  test('waits for the tablet to be paired', () => {
    const tablet = new Driven();
    const read = { waiting: [anEntry(1)], held: [], last_sent_at: null };
    expect(tablet.hear({ event: 'started', device: null, sessions: [], offset_ms: 5, ...read })).toEqual([]);
    expect(find(tablet.hear({ event: 'paired', device: DEVICE }), 'take_flush')).toBeDefined();
  });

  test('is alone in flight: an entry saved meanwhile goes with the next', () => {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.gain();
    expect(find(tablet.hear({ event: 'saved', waiting: anEntry(2) }), 'post')).toBeUndefined();
    tablet.answer(200, verdicts(['e1']));
    expect(find(tablet.hear({ event: 'settled' }), 'post')?.entry_ids).toEqual(['e2']);
  });

  test('keeps the old place of an entry that goes back to the outbox', () => {
    const tablet = new Driven();
    tablet.start([anEntry(1), anEntry(3)]);
    tablet.hear({ event: 'saved', waiting: anEntry(2) });
    tablet.hear({ event: 'saved', waiting: anEntry(4) });
    expect(ids(tablet.state.push.waiting)).toEqual(['e1', 'e2', 'e3', 'e4']);
  });

  test('holds at most 500 entries', () => {
    const tablet = waitingTablet(many(501));
    expect(find(tablet.gain(), 'post')?.entry_ids).toHaveLength(500);
  });

  test('holds at most 256 KiB, but one entry at least', () => {
    const tablet = waitingTablet(many(5, { bytes: 100 * 1024 }));
    expect(find(tablet.gain(), 'post')?.entry_ids).toEqual(['e1', 'e2']);
    const large = waitingTablet([anEntry(1, { bytes: 300 * 1024 }), anEntry(2)]);
    expect(find(large.gain(), 'post')?.entry_ids).toEqual(['e1']);
  });

  test('is what storage has, not what this tab believes', () => {
    const tablet = waitingTablet([anEntry(1)]);
    const actions = tablet.hear({ event: 'flush_gained', waiting: [] });
    expect(actions[0]).toEqual({ action: 'drop_flush' });
    expect(tablet.state.push.lock).toBe('none');
  });
});

describe('a flush', () => {
  const rests = (tablet: Driven) => atRest(tablet.state.push);

  test('is at rest once the lock was refused, or the batch was not answered', () => {
    const tablet = waitingTablet([anEntry(1)]);
    expect(rests(tablet)).toBe(false);
    tablet.hear({ event: 'flush_refused' });
    expect(rests(tablet)).toBe(true);
    tablet.pass(2_000);
    tablet.gain();
    expect(rests(tablet)).toBe(false);
    tablet.answer(0);
    expect(rests(tablet)).toBe(true);
  });

  test('is at rest once all that waited is held here with what it needs', () => {
    const tablet = new Driven();
    const held = { ...anEntry(1), reason: 'not_taken', detail: '', local: true };
    tablet.start([anEntry(2, { depends_on: ['e1'] })], [held]);
    expect(rests(tablet)).toBe(false);
    tablet.hear({ event: 'settled' });
    expect(rests(tablet)).toBe(true);
  });
});

describe('a verdict', () => {
  test('takes an entry out of the outbox only after storage has written it down', () => {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.gain();
    const settle = find(tablet.answer(200, verdicts(['e1'], { e1: { flags: ['late'] } })), 'settle');
    expect(settle?.server_ms).toBe(Date.parse('2026-11-22T00:00:00.000Z'));
    expect(settle?.sent).toEqual([{ entry_id: 'e1', verdict: 'accepted', flags: ['late'] }]);
    expect(ids(tablet.state.push.waiting)).toEqual(['e1']);
    expect(find(tablet.hear({ event: 'settled' }), 'drop_flush')).toBeDefined();
    expect(tablet.state.push.waiting).toEqual([]);
    expect(tablet.state.push.last_sent_at).toBe(tablet.now.wall_ms);
  });

  test('that storage could not write down leaves the entry waiting', () => {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.gain();
    tablet.answer(200, verdicts(['e1']));
    tablet.hear({ event: 'settle_failed' });
    expect(ids(tablet.state.push.waiting)).toEqual(['e1']);
    expect(find(tablet.pass(1_000), 'take_flush')).toBeDefined();
  });

  test.each([{ verdict: 'held' }, { verdict: 'duplicate', outcome: 'held' }])(
    'of $verdict for a held entry puts it into the tray',
    (held) => {
      const tablet = waitingTablet([anEntry(1), anEntry(2)]);
      tablet.gain();
      const said = { ...held, reason: 'bed_taken', detail: '4B' };
      tablet.answer(200, verdicts(['e1', 'e2'], { e1: said }));
      tablet.hear({ event: 'settled' });
      expect(tablet.state.push.held).toMatchObject([
        { entry_id: 'e1', reason: 'bed_taken', detail: '4B', local: false },
      ]);
      expect(tablet.state.push.waiting).toEqual([]);
      tablet.hear({ event: 'answered', entry_id: 'e1' });
      expect(tablet.state.push.held).toEqual([]);
    },
  );

  test.each(['later', 'a_verdict_of_a_newer_server'])(
    'of %s keeps the stay waiting while others pass',
    (verdict) => {
      const stay = { stay_id: 'sick' };
      const tablet = waitingTablet([anEntry(1, stay), anEntry(2)]);
      tablet.gain();
      tablet.answer(200, verdicts(['e1', 'e2'], { e1: { verdict, retry_after_s: 7 } }));
      tablet.hear({ event: 'settled' });
      tablet.hear({ event: 'saved', waiting: anEntry(3, stay) });
      tablet.hear({ event: 'saved', waiting: anEntry(4) });
      expect(find(tablet.gain(), 'post')?.entry_ids).toEqual(['e4']);
      tablet.answer(200, verdicts(['e4']));
      tablet.hear({ event: 'settled' });
      expect(find(tablet.pass(6_999), 'take_flush')).toBeUndefined();
      expect(find(tablet.pass(1), 'take_flush')).toBeDefined();
      expect(find(tablet.gain(), 'post')?.entry_ids).toEqual(['e1', 'e3']);
    },
  );

  test('of later without a stay or a time holds that entry for a few seconds', () => {
    const tablet = waitingTablet([anEntry(1, { stay_id: null }), anEntry(2, { stay_id: null })]);
    tablet.gain();
    tablet.answer(200, verdicts(['e1', 'e2'], { e1: { verdict: 'later' } }));
    tablet.hear({ event: 'settled' });
    expect(find(tablet.pass(5_000), 'take_flush')).toBeDefined();
  });

  test('on an entry lets those that depend on it go, not before', () => {
    const tablet = waitingTablet([
      anEntry(1, { stay_id: 'a' }),
      anEntry(2, { depends_on: ['e1'] }),
      anEntry(3),
    ]);
    tablet.gain();
    tablet.answer(200, verdicts(['e1', 'e2', 'e3'], { e1: { verdict: 'later' }, e2: { verdict: 'later' } }));
    tablet.hear({ event: 'settled' });
    tablet.hear({ event: 'saved', waiting: anEntry(4, { stay_id: null, depends_on: ['e1'] }) });
    expect(find(tablet.hear({ event: 'timer' }), 'post')).toBeUndefined();
    tablet.pass(5_000);
    expect(find(tablet.gain(), 'post')?.entry_ids).toEqual(['e1', 'e2', 'e4']);
  });
});
