import { describe, expect, test } from 'vitest';
import type { Waiting } from './contract.ts';
import { anEntry, DEVICE, Driven, find, verdicts } from './trial/tablet.ts';

function waitingTablet(entries: Waiting[]): Driven {
  const tablet = new Driven();
  tablet.start(entries);
  return tablet;
}

const many = (count: number, more: Partial<Waiting> = {}) =>
  Array.from({ length: count }, (_, i) => anEntry(i + 1, more));
const ids = (entries: readonly Waiting[]) => entries.map((entry) => entry.entry_id);

describe('a batch', () => {
  test('is asked for with the lock first, and goes oldest first', () => {
    const tablet = new Driven();
    expect(find(tablet.start([anEntry(2), anEntry(1)]), 'take_flush')).toBeDefined();
    expect(find(tablet.gain(), 'post')).toEqual({
      action: 'post',
      entry_ids: ['e1', 'e2'],
      outbox_depth: 2,
      max_n: 2,
    });
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

describe('a verdict', () => {
  test('takes an entry out of the outbox only after storage has written it down', () => {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.gain();
    const settle = find(tablet.answer(200, verdicts(['e1'], { e1: { flags: ['late'] } })), 'settle');
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

describe('a refused batch', () => {
  /** Answers every post: 400 while `poison` is in it. Returns the batches in order. */
  function halve(tablet: Driven, poison: string, status = 400): string[][] {
    const posts: string[][] = [];
    let actions = tablet.gain();
    for (let post = find(actions, 'post'); post; post = find(actions, 'post')) {
      const { entry_ids } = post;
      posts.push([...entry_ids]);
      const bad = entry_ids.includes(poison);
      actions = bad ? tablet.answer(status, { title: 'No' }) : tablet.answer(200, verdicts(entry_ids));
      if (find(actions, 'settle')) actions = tablet.hear({ event: 'settled' });
    }
    return posts;
  }

  test.each([400, 413, 422])(
    'with %s is halved until the poison stands alone; all others pass in order',
    (status) => {
      const tablet = waitingTablet(many(6));
      expect(halve(tablet, 'e4', status)).toEqual([
        ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'],
        ['e1', 'e2', 'e3'],
        ['e4', 'e5', 'e6'],
        ['e4', 'e5'],
        ['e4'],
        ['e5'],
        ['e6'],
      ]);
      expect(tablet.state.push.waiting).toEqual([]);
      expect(tablet.state.push.held).toMatchObject([
        { entry_id: 'e4', reason: 'not_taken', detail: 'No', local: true },
      ]);
    },
  );

  test('holds with the poison what depends on it', () => {
    const tablet = waitingTablet([
      anEntry(1),
      anEntry(2, { depends_on: ['e1'] }),
      anEntry(3, { depends_on: ['e2'] }),
      anEntry(4),
    ]);
    halve(tablet, 'e1');
    expect(tablet.state.push.held.map((one) => [one.entry_id, one.reason])).toEqual([
      ['e1', 'not_taken'],
      ['e2', 'depends_on_held'],
      ['e3', 'depends_on_held'],
    ]);
  });

  test('goes on with its parts after the line was lost between them', () => {
    const tablet = waitingTablet(many(4));
    tablet.gain();
    tablet.answer(400, { title: 'No' });
    tablet.answer(0);
    tablet.pass(1_000);
    expect(find(tablet.gain(), 'post')?.entry_ids).toEqual(['e1', 'e2']);
  });

  test('keeps the order of a stay between its parts', () => {
    const sick = { stay_id: 'sick' };
    const tablet = waitingTablet([anEntry(1, sick), anEntry(2), anEntry(3, sick), anEntry(4)]);
    tablet.gain();
    tablet.answer(400, { title: 'No' });
    tablet.answer(200, verdicts(['e1', 'e2'], { e1: { verdict: 'later', retry_after_s: 1 } }));
    tablet.now = { ...tablet.now, mono_ms: tablet.now.mono_ms + 1_000 };
    expect(find(tablet.hear({ event: 'settled' }), 'post')?.entry_ids).toEqual(['e4']);
    tablet.answer(200, verdicts(['e4']));
    expect(find(tablet.hear({ event: 'settled' }), 'post')?.entry_ids).toEqual(['e1', 'e3']);
  });

  test('forgets a part that another tab has sent', () => {
    const tablet = waitingTablet(many(4));
    tablet.gain();
    tablet.answer(400, { title: 'No' });
    tablet.answer(0);
    tablet.pass(1_000);
    const actions = tablet.hear({ event: 'flush_gained', waiting: [anEntry(3), anEntry(4)] });
    expect(find(actions, 'post')?.entry_ids).toEqual(['e3', 'e4']);
  });

  test('of a proxy that says too large in HTML is halved, but nothing is held for it', () => {
    const tablet = waitingTablet(many(2));
    tablet.gain();
    expect(find(tablet.answer(413), 'post')?.entry_ids).toEqual(['e1']);
    tablet.answer(413);
    expect(tablet.state.push.held).toEqual([]);
    expect(tablet.state.push.waiting).toHaveLength(2);
  });

  test('without a title names its status', () => {
    const tablet = waitingTablet([anEntry(1)]);
    halve(tablet, 'e1');
    const other = waitingTablet([anEntry(1)]);
    other.gain();
    other.answer(422, {});
    other.hear({ event: 'settled' });
    expect(other.state.push.held[0]?.detail).toBe('422');
  });
});

describe('anything else', () => {
  test.each([0, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504])(
    'like %s keeps everything and waits',
    (status) => {
      const tablet = waitingTablet(many(3));
      tablet.gain();
      expect(find(tablet.answer(status, { title: 'No' }), 'drop_flush')).toBeDefined();
      expect(ids(tablet.state.push.waiting)).toEqual(['e1', 'e2', 'e3']);
      expect(tablet.state.push.held).toEqual([]);
      expect(tablet.state.push.refused).toBe(status);
      expect(find(tablet.pass(1_000), 'take_flush')).toBeDefined();
    },
  );

  test.each([
    ['HTML of a captive portal', undefined],
    ['a list', []],
    ['no verdicts', {}],
    ['too few verdicts', { verdicts: [] }],
    ['a verdict that is none', { verdicts: [7] }],
  ])('with 200 and %s counts as no answer', (_what, body) => {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.gain();
    tablet.answer(200, body);
    expect(tablet.state.push).toMatchObject({ attempt: 1, settling: null });
    expect(ids(tablet.state.push.waiting)).toEqual(['e1']);
  });

  test('waits with full jitter, doubling to a cap of a minute', () => {
    for (let attempt = 0; attempt < 12; attempt++) {
      const bound = Math.min(60_000, 1000 * 2 ** attempt);
      for (const seed of [1n, 2n, 3n]) {
        const tablet = waitingTablet([anEntry(1)]);
        tablet.state = { ...tablet.state, seed, push: { ...tablet.state.push, attempt } };
        tablet.gain();
        tablet.answer(503);
        expect(tablet.state.push.retry_at).toBeLessThan(bound);
      }
    }
  });

  test('waits at least as long as the server asks', () => {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.gain();
    tablet.answer(429, {}, { retry_after_s: 30 });
    expect(find(tablet.pass(29_999), 'take_flush')).toBeUndefined();
    expect(find(tablet.pass(1), 'take_flush')).toBeDefined();
  });

  test('a late answer to a batch that is no longer in flight changes nothing', () => {
    const tablet = waitingTablet([]);
    expect(tablet.answer(200, verdicts(['e1']))).toEqual([]);
    expect(tablet.hear({ event: 'settled' })).toEqual([]);
  });

  test('a lock that could not be had is asked for again', () => {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.hear({ event: 'flush_refused' });
    expect(find(tablet.pass(2_000), 'take_flush')).toBeDefined();
  });
});

describe('a hint', () => {
  function unreachable(): Driven {
    const tablet = waitingTablet([anEntry(1)]);
    tablet.state = { ...tablet.state, push: { ...tablet.state.push, attempt: 9 } };
    tablet.gain();
    tablet.answer(0, undefined, { retry_after_s: 50 });
    return tablet;
  }

  test.each(['network_up', 'visible'] as const)('of %s tries soon', (event) => {
    const tablet = unreachable();
    tablet.pass(2_000);
    tablet.hear({ event });
    expect(find(tablet.pass(250), 'take_flush')).toBeDefined();
  });

  test('of a flapping link gives at most two tries a second', () => {
    const tablet = unreachable();
    tablet.hear({ event: 'network_up' });
    expect(find(tablet.pass(499), 'take_flush')).toBeUndefined();
    expect(find(tablet.pass(1), 'take_flush')).toBeDefined();
  });

  test('that the network is gone is not believed', () => {
    const tablet = waitingTablet([]);
    tablet.hear({ event: 'network_down' });
    expect(find(tablet.hear({ event: 'saved', waiting: anEntry(1) }), 'take_flush')).toBeDefined();
  });

  test('by a person tries now', () => {
    expect(find(unreachable().hear({ event: 'asked' }), 'take_flush')).toBeDefined();
  });

  test('from another tab brings what it wrote', () => {
    const tablet = waitingTablet([anEntry(1)]);
    const held = [{ ...anEntry(3), reason: 'invalid', detail: '', local: false }];
    tablet.hear({ event: 'outbox_read', waiting: [anEntry(2)], held, last_sent_at: 9 });
    expect(ids(tablet.state.push.waiting)).toEqual(['e2']);
    expect(tablet.state.push).toMatchObject({ held, last_sent_at: 9 });
  });
});
