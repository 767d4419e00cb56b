/** The feeds half of the core: which feeds, how far each is, and what to fetch when a change did not fit. */
import { backOff } from './backoff.ts';
import type { Action, Cursor, Feed, Now, State, Stepped } from './contract.ts';

// With an open socket the delta is on its way: pages only if it does not come.
const DELTA_DUE_MS = 1_500;
const POLL_MS = 15_000;
// One lost socket is opened again at once; a second failure means that sockets do not pass here.
const NO_SOCKET_AFTER = 2;
const PAGE = 1_000;
// A server whose own sums are wrong must not make its tablets read snapshots without end.
const COMPARE_AGAIN_MS = 10 * 60_000;

const NO_FEED: Feed = {
  epoch: '',
  seq: 0,
  head: 0,
  behind_at: null,
  fetch: null,
  under_way: false,
  stale: false,
  attempt: 0,
  retry_at: 0,
  poll_at: 0,
  compare_at: 0,
  unanswered: false,
};

/** The feeds this tablet may have: reference tables, its unit, and each person signed in. */
export function feedsWanted(state: State): string[] {
  if (!state.device) return [];
  const people = state.sessions.map((session) => `user:${session.staff_id}`);
  return [...new Set(['reference', `unit:${state.device.unit_id}`, ...people])];
}

/** Begins feeds that are newly wanted and forgets those no longer wanted. */
export function reconcile(state: State): Stepped {
  const wanted = feedsWanted(state);
  const feeds = Object.fromEntries(wanted.map((feed) => [feed, state.feeds[feed] ?? NO_FEED]));
  const gone = Object.keys(state.feeds).filter((feed) => !feeds[feed]);
  return [{ ...state, feeds }, gone.map((feed) => ({ action: 'forget', feed }))];
}

/** The right to apply changes is ours: storage's cursors are where we stand. */
export function cursorsRead(state: State, cursors: Readonly<Record<string, Cursor>>): Stepped {
  const wanted = feedsWanted(state);
  const feeds = Object.fromEntries(
    wanted.map((feed) => {
      const [epoch, seq] = cursors[feed] ?? ['', 0];
      return [feed, { ...NO_FEED, epoch, seq, head: seq }];
    }),
  );
  // Without a device nothing is known to be unwanted.
  const gone = state.device ? Object.keys(cursors).filter((feed) => !feeds[feed]) : [];
  return [{ ...state, feeds }, gone.map((feed) => ({ action: 'forget', feed }))];
}

/** Heads named with a batch's verdicts: a feed that is not there yet gets a look soon. */
export function noteHeads(state: State, heads: Record<string, number>, epoch: string, now: Now): State {
  let next = state;
  for (const [feed, head] of Object.entries(heads)) next = noteHead(next, feed, epoch, head, now);
  return next;
}

/** The server's head of one feed. */
export function noteHead(state: State, feed: string, epoch: string, head: number, now: Now): State {
  const known = state.feeds[feed];
  if (!known?.epoch) return state;
  const same = known.epoch === epoch;
  if (same && head <= known.seq) return state;
  const due_at = now.mono_ms + (state.live.socket === 'open' ? DELTA_DUE_MS : 0);
  return withFeed(state, feed, {
    head: same ? Math.max(known.head, head) : known.head,
    behind_at: known.behind_at ?? due_at,
  });
}

/** The cursor is of no use: the feed begins again with a snapshot; a request that is still out will be void. */
export function beginAgain(state: State, name: string, under_way: boolean): State {
  return withFeed(state, name, { ...NO_FEED, under_way, stale: under_way });
}

/** The rows are not the server's at the same cursor: the feed begins again, and the next hello says so. */
export function diverged(state: State, name: string, epoch: string, now: Now): State {
  const feed = state.feeds[name];
  if (!feed?.epoch || feed.epoch !== epoch) return state;
  const again = beginAgain(state, name, feed.under_way);
  const told = [...new Set([...state.diverged, name])];
  return { ...withFeed(again, name, { compare_at: now.mono_ms + COMPARE_AGAIN_MS }), diverged: told };
}

/** Somebody answers: feeds that let one ask for all ask for themselves again. */
export function reached(state: State, now: Now): State {
  let next = state;
  for (const [name, feed] of Object.entries(state.feeds)) {
    if (!feed.unanswered) continue;
    next = withFeed(next, name, { unanswered: false, retry_at: Math.min(feed.retry_at, now.mono_ms) });
  }
  return next;
}

/** Asks for what is missing, one request a feed. */
export function advanceFeeds(state: State, now: Now): Stepped {
  if (!state.live.lock || !state.device) return [state, []];
  let next = state;
  const actions: Action[] = [];
  for (const [name, feed, due_at] of dueFeeds(state, now)) {
    if (due_at > now.mono_ms) continue;
    const [patch, action] = ask(name, feed);
    next = withFeed(next, name, patch);
    actions.push(action);
  }
  return [next, actions];
}

/** Monotonic instants at which a feed wants to be looked at again. */
export function feedDeadlines(state: State, now: Now): number[] {
  return state.live.lock ? dueFeeds(state, now).map(([, , due_at]) => due_at) : [];
}

/** A fetch that brought nothing usable: later again, with what was already got. */
export function fetchFailed(state: State, feed: string, now: Now, retry_after_s?: number): State {
  const { attempt } = state.feeds[feed] as Feed;
  const [retry_at, seed] = backOff(state, attempt, now, retry_after_s);
  return { ...withFeed(state, feed, { under_way: false, attempt: attempt + 1, retry_at }), seed };
}

/** What a fetch that ended well leaves behind. */
export function fetched(now: Now): Partial<Feed> {
  return { fetch: null, under_way: false, attempt: 0, retry_at: 0, poll_at: now.mono_ms + POLL_MS };
}

/** The state with one of its feeds changed. */
export function withFeed(state: State, feed: string, patch: Partial<Feed>): State {
  const known = state.feeds[feed] as Feed;
  return { ...state, feeds: { ...state.feeds, [feed]: { ...known, ...patch } } };
}

/** Which feeds may ask, and from when on. Of those that nobody answers one asks for all, each in its turn; an open socket
 *  is an answer too, so that there each goes its own pace. */
function dueFeeds(state: State, now: Now): [string, Feed, due_at: number][] {
  const wanted = Object.entries(state.feeds).map(
    ([name, feed]) => [name, feed, wantsAt(state, feed)] as const,
  );
  const silent = wanted
    .filter(([, feed, at]) => feed.unanswered && (feed.under_way || at <= now.mono_ms))
    .map(([, feed]) => feed);
  const fewest = Math.min(...silent.map((feed) => feed.attempt));
  const probe = state.live.socket === 'open' ? undefined : silent.find((feed) => feed.attempt === fewest);
  // One that failed much oftener has reasons of its own: it slows down nobody.
  const peers = silent.filter((feed) => feed.attempt <= fewest + 1);
  const turn_at = Math.max(...peers.map((feed) => feed.retry_at));
  return wanted.flatMap(([name, feed, at]) => {
    if (feed.under_way || (probe && feed !== probe && silent.includes(feed))) return [];
    return [[name, feed, Math.max(at, feed === probe ? turn_at : feed.retry_at)]];
  });
}

/** From when on a feed has something to ask; infinite if nothing. */
function wantsAt(state: State, feed: Feed): number {
  if (feed.epoch === '') return 0;
  const polls = state.live.socket !== 'open' && state.live.attempt >= NO_SOCKET_AFTER;
  return Math.min(
    feed.behind_at ?? Number.POSITIVE_INFINITY,
    polls ? feed.poll_at : Number.POSITIVE_INFINITY,
  );
}

function ask(name: string, feed: Feed): [Partial<Feed>, Action] {
  if (feed.epoch === '') {
    const job =
      feed.fetch?.what === 'snapshot'
        ? feed.fetch
        : ({ what: 'snapshot', chunk: 0, epoch: '', head: 0, rows: [] } as const);
    return [
      { fetch: job, under_way: true },
      { action: 'get_snapshot', feed: name, chunk: job.chunk, head: job.chunk === 0 ? null : job.head },
    ];
  }
  const { epoch, seq } = feed;
  return [
    { fetch: { what: 'changes' }, under_way: true },
    { action: 'get_changes', feed: name, epoch, after: seq, limit: PAGE },
  ];
}
