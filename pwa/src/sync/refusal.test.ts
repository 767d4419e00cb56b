import { describe, expect, test } from 'vitest';
import { anEntry, type Driven, find, ids, many, verdicts, waitingTablet } from './trial/tablet.ts';

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

  test('holds with a poison of before what is saved later and depends on it, once storage can', () => {
    const tablet = waitingTablet([anEntry(1)]);
    halve(tablet, 'e1');
    const actions = tablet.hear({ event: 'saved', waiting: anEntry(2, { depends_on: ['e1'] }) });
    expect(find(actions, 'post')).toBeUndefined();
    expect(find(actions, 'settle')?.held).toMatchObject([
      { entry_id: 'e2', reason: 'depends_on_held', local: true },
    ]);
    expect(find(tablet.hear({ event: 'settle_failed' }), 'settle')).toBeUndefined();
    expect(find(tablet.pass(2_000), 'settle')?.held).toHaveLength(1);
    tablet.hear({ event: 'settled' });
    expect(tablet.state.push.waiting).toEqual([]);
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
