import { describe, expect, test } from 'vitest';
import type { Action } from './contract.ts';
import { chunk, frame, page } from './trial/feeds.ts';
import { Driven, find, UNIT } from './trial/tablet.ts';

const MAI = 'user:mai';
const FEEDS = ['reference', UNIT, MAI];
const SECOND = 1_000;

/** A tablet with a person, the right to apply, and its three feeds where `cursors` says. */
function withMai(cursors: Record<string, [string, number]>, seed = 1n): Driven {
  const tablet = new Driven(seed);
  tablet.start();
  tablet.hear({ event: 'session_opened', session: { session_id: 'x', staff_id: 'mai' } });
  tablet.hear({ event: 'live_gained', cursors });
  return tablet;
}

const asked = (actions: Action[], feed: string) =>
  actions.some((one) => (one.action === 'get_changes' || one.action === 'get_snapshot') && one.feed === feed);

/** Without a socket, answers or fails what is asked, a second later; when each feed was asked. */
function lived(tablet: Driven, ms: number, answers: (feed: string) => boolean): Record<string, number[]> {
  const at: Record<string, number[]> = { reference: [], [UNIT]: [], [MAI]: [] };
  for (let gone = 0; gone < ms; gone += SECOND) {
    const out = FEEDS.filter((feed) => tablet.state.feeds[feed]?.under_way);
    tablet.pass(SECOND);
    for (const feed of out) {
      const { epoch, seq } = tablet.state.feeds[feed] ?? { epoch: '', seq: 0 };
      at[feed]?.push(tablet.now.mono_ms - SECOND);
      tablet.got(answers(feed) ? 200 : 0, { ...page([], { head: seq }), feed, epoch }, feed);
    }
    if (tablet.state.live.socket === 'opening') tablet.hear({ event: 'socket_closed' });
  }
  return at;
}

function longest(at: number[] | undefined, end: number): number {
  const ends = [0, ...(at ?? []), end];
  return Math.max(...ends.slice(1).map((next, place) => next - (ends[place] as number)));
}

describe('a feed whose request nobody answers', () => {
  test('does not hold back another while the socket is open', () => {
    const tablet = withMai({ reference: ['e1', 0], [MAI]: ['e1', 4] });
    tablet.hear({ event: 'socket_opened' });
    tablet.got(200, chunk(0, false));
    tablet.got(0);
    frame(tablet, { frame: 'upto', feed: MAI, epoch: 'e1', head: 6, sum: '' });
    for (let gone = 0; gone < 1_500; gone += 100) tablet.pass(100);
    expect(tablet.state.feeds[MAI]?.under_way).toBe(true);
    const reset = { frame: 'reset', feed: 'reference', epoch: 'e1', why: 'pruned' };
    expect(asked(frame(tablet, reset), 'reference')).toBe(true);
  });

  test('goes its own pace beside another such while the socket is open', () => {
    const tablet = withMai({ reference: ['e1', 0], [MAI]: ['e1', 4] });
    tablet.hear({ event: 'socket_opened' });
    frame(tablet, { frame: 'reset', feed: MAI, epoch: 'e1', why: 'pruned' });
    for (const feed of [UNIT, MAI]) tablet.got(0, undefined, feed);
    tablet.pass(1_000);
    for (const feed of [UNIT, MAI]) expect(tablet.state.feeds[feed]?.under_way).toBe(true);
  });

  test('does not hold back others that are answered, for an hour of polls without a socket', () => {
    const tablet = withMai({ reference: ['e1', 0], [MAI]: ['e1', 4] });
    const hour = 3_600 * SECOND;
    const at = lived(tablet, hour, (feed) => feed !== UNIT);
    for (const feed of ['reference', MAI]) expect(longest(at[feed], hour)).toBeLessThanOrEqual(20 * SECOND);
    expect(at[UNIT]?.length).toBeGreaterThan(60);
  });

  test.each(FEEDS)('lets the others go on when they are answered again: %s stays alone', (stuck) => {
    for (let seed = 1n; seed <= 6n; seed += 1n) {
      const tablet = withMai({ reference: ['e1', 0], [UNIT]: ['e1', 4], [MAI]: ['e1', 4] }, seed);
      lived(tablet, 300 * SECOND, (feed) => feed !== stuck);
      lived(tablet, 30 * SECOND, () => false);
      const begin = tablet.now.mono_ms;
      const own = Object.fromEntries(FEEDS.map((feed) => [feed, tablet.state.feeds[feed]?.attempt ?? 0]));
      const at = lived(tablet, 70 * SECOND, (feed) => feed !== stuck);
      for (const feed of FEEDS.filter((one) => one !== stuck)) {
        const bound = Math.min(60, 2 ** ((own[feed] as number) + 1)) * SECOND;
        expect((at[feed]?.[0] ?? Number.POSITIVE_INFINITY) - begin, `${seed}`).toBeLessThanOrEqual(
          bound + 2 * SECOND,
        );
      }
    }
  });

  test('waits its own time, however much the socket says', () => {
    const tablet = withMai({ reference: ['e1', 0], [UNIT]: ['e1', 4], [MAI]: ['e1', 4] });
    tablet.hear({ event: 'socket_opened' });
    frame(tablet, { frame: 'reset', feed: UNIT, epoch: 'e1', why: 'pruned' });
    let requests = 0;
    for (let gone = 0; gone < 60 * SECOND; gone += 100) {
      tablet.pass(100);
      frame(tablet, { frame: 'ping', at: '' });
      if (!tablet.state.feeds[UNIT]?.under_way) continue;
      requests += 1;
      tablet.got(0);
    }
    expect(requests).toBeLessThan(20);
  });

  test('and is void since a reset asks anew, and holds back nobody', () => {
    const tablet = withMai({ reference: ['e1', 0], [UNIT]: ['e1', 4], [MAI]: ['e1', 4] });
    tablet.hear({ event: 'socket_opened' });
    frame(tablet, { frame: 'upto', feed: UNIT, epoch: 'e1', head: 6, sum: '' });
    tablet.pass(1_500);
    frame(tablet, { frame: 'reset', feed: UNIT, epoch: 'e1', why: 'pruned' });
    expect(find(tablet.got(0), 'get_snapshot')).toMatchObject({ feed: UNIT });
    expect(tablet.state.feeds[UNIT]?.unanswered).toBe(false);
  });

  test('and that has nothing left to ask does not ask for all', () => {
    const tablet = withMai({ reference: ['e1', 0], [UNIT]: ['e1', 4], [MAI]: ['e1', 4] });
    tablet.hear({ event: 'socket_opened' });
    const upto = { frame: 'upto', epoch: 'e1', head: 6, sum: '' };
    for (const feed of ['reference', UNIT]) frame(tablet, { ...upto, feed });
    tablet.pass(1_500);
    for (const feed of ['reference', UNIT]) tablet.got(0, undefined, feed);
    // The socket brings what the tables lack, and is lost.
    const changes = [1, 2, 3, 4, 5, 6].map((seq) => ({ seq, type: 'bed', id: 'b', version: 1, row: {} }));
    frame(tablet, { frame: 'delta', feed: 'reference', epoch: 'e1', from: 1, to: 6, changes });
    const lost = tablet.hear({ event: 'socket_closed' });
    expect(asked(lost, UNIT) || asked(tablet.pass(1_000), UNIT)).toBe(true);
  });
});
