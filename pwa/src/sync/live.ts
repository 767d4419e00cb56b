/** The socket half of the core: opened by the tab that holds `live`, greeted with cursors, given up when silent. */
import { backOff, hinted } from './backoff.ts';
import type { Action, Living, Now, State, Stepped } from './contract.ts';
import { epochHeard } from './epochs.ts';
import { noteHead } from './feeds.ts';
import { deltaHeard, resetHeard } from './pages.ts';
import { isRecord, text } from './verdicts.ts';

// The server pings every 20 s: two and a half missed pings mean a dead line.
const SILENT_MS = 50_000;
const OPENING_MS = 10_000;

export const NO_SOCKET: Living = {
  lock: false,
  socket: 'closed',
  attempt: 0,
  retry_at: 0,
  heard_at: 0,
  hello: '',
  hellos: 0,
  said: {},
};

/** The line is there; the hello follows. */
export function socketOpened(state: State, now: Now): State {
  return withLive(state, { socket: 'open', heard_at: now.mono_ms, hello: '', hellos: 0 });
}

/** The line is gone: back off. A server that accepts and drops is not hammered, for only a frame resets the count. */
export function socketClosed(state: State, now: Now): State {
  const { attempt } = state.live;
  const [retry_at, seed] = backOff(state, attempt, now);
  return { ...withLive(state, { socket: 'closed', attempt: attempt + 1, retry_at }), seed };
}

/** Something says that the network is back. */
export function hintLive(state: State, now: Now): State {
  if (state.live.socket !== 'closed') return state;
  const [retry_at, seed] = hinted(state, state.live.retry_at, Number.NEGATIVE_INFINITY, now);
  return { ...withLive(state, { retry_at }), seed };
}

/** One frame of the server. Unknown frames are passed over: the protocol may grow. */
export function frameHeard(state: State, frame: unknown, now: Now): Stepped {
  if (state.live.socket !== 'open' || !isRecord(frame)) return [state, []];
  const heard = withLive(state, { heard_at: now.mono_ms, attempt: 0 });
  switch (frame['frame']) {
    case 'delta':
      return deltaHeard(heard, frame, now);
    case 'reset':
      return epochHeard(resetHeard(heard, frame), text(frame['epoch']), now);
    case 'upto':
      return uptoHeard(heard, frame, now);
    case 'same':
      return sameHeard(heard, frame, now);
    case 'ping':
      return [heard, [{ action: 'send', frame: { frame: 'pong', at: text(frame['at']) } }]];
    case 'ring': {
      const [alert_id, step_id, staff_id, sound] = ['alert_id', 'step_id', 'staff_id', 'sound'].map((key) =>
        text(frame[key]),
      ) as [string, string, string, string];
      return [heard, [{ action: 'ring', alert_id, step_id, staff_id, sound }]];
    }
    default:
      return [heard, []];
  }
}

/** How far a feed is at the server; where we are as far, our rows must have its sum. A socket that fell behind hears none. */
function uptoHeard(state: State, frame: Record<string, unknown>, now: Now): Stepped {
  const [name, epoch, sum] = [text(frame['feed']), text(frame['epoch']), text(frame['sum'])];
  const head = typeof frame['head'] === 'number' ? frame['head'] : 0;
  const [next, actions] = epochHeard(noteHead(state, name, epoch, head, now), epoch, now);
  const feed = next.feeds[name];
  const there = feed && feed.epoch === epoch && feed.seq === head && !feed.under_way;
  if (!there || epoch === '' || sum === '' || feed.compare_at > now.mono_ms) return [next, actions];
  return [next, [...actions, { action: 'compare', feed: name, epoch, seq: head, sum }]];
}

/** Nothing is new since the hello of this number: each feed that it named is at its head, and has this sum. */
function sameHeard(state: State, frame: Record<string, unknown>, now: Now): Stepped {
  const { hellos, said } = state.live;
  const sums: unknown = frame['sums'];
  if (frame['hello'] !== hellos || !Array.isArray(sums)) return [state, []];
  return Object.entries(said).reduce<Stepped>(
    ([before, actions], [feed, [epoch, head]], place) => {
      const [next, more] = uptoHeard(before, { feed, epoch, head, sum: sums[place] }, now);
      return [next, [...actions, ...more]];
    },
    [state, []],
  );
}

/** Opens, greets or gives up the socket, as it stands. */
export function advanceLive(state: State, now: Now): Stepped {
  const { live, device } = state;
  if (!live.lock || !device)
    return live.socket === 'closed'
      ? [state, []]
      : [withLive(state, { socket: 'closed' }), [{ action: 'close_socket' }]];
  if (live.socket === 'closed') {
    if (live.retry_at > now.mono_ms) return [state, []];
    return [withLive(state, { socket: 'opening', heard_at: now.mono_ms }), [{ action: 'open_socket' }]];
  }
  if (now.mono_ms >= givenUpAt(live)) return [socketClosed(state, now), [{ action: 'close_socket' }]];
  if (live.socket === 'opening') return [state, []];
  return greet(state);
}

/** Monotonic instants at which the socket wants to be looked at again. */
export function liveDeadlines(live: Living): number[] {
  if (!live.lock) return [];
  return [live.socket === 'closed' ? live.retry_at : givenUpAt(live)];
}

function givenUpAt(live: Living): number {
  return live.heard_at + (live.socket === 'opening' ? OPENING_MS : SILENT_MS);
}

function greet(state: State): Stepped {
  const known = Object.entries(state.feeds).filter(([, feed]) => feed.epoch !== '');
  const hello = `feeds ${known.map(([name]) => name).join(' ')}`;
  if (hello === state.live.hello) return [state, []];
  const subscriptions = Object.fromEntries(
    known.map(([name, feed]) => [name, [feed.epoch, feed.seq] as const]),
  );
  const depth = { outbox_depth: state.push.waiting.length };
  // Said once: a server that does not know the word yet closes the socket over it, and hears the next hello.
  const told = state.diverged.length > 0 ? { diverged: state.diverged } : {};
  const actions: Action[] = [{ action: 'send', frame: { frame: 'hello', subscriptions, ...depth, ...told } }];
  const hellos = state.live.hellos + 1;
  return [{ ...withLive(state, { hello, hellos, said: subscriptions }), diverged: [] }, actions];
}

export function withLive(state: State, patch: Partial<Living>): State {
  return { ...state, live: { ...state.live, ...patch } };
}
