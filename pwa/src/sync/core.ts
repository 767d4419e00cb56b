/** The tablet's heart, sans-I/O: what happened comes in as an event, what must be done leaves as actions. */
import type { Action, Event, Now, Reply, State, Stepped } from './contract.ts';
import { resent } from './epochs.ts';
import { advanceFeeds, cursorsRead, diverged, feedDeadlines, reached, reconcile } from './feeds.ts';
import {
  advanceLive,
  frameHeard,
  hintLive,
  liveDeadlines,
  NO_SOCKET,
  socketClosed,
  socketOpened,
  withLive,
} from './live.ts';
import { measure, remembered } from './offset.ts';
import { getReply } from './pages.ts';
import * as push from './push.ts';
import { isRecord } from './verdicts.ts';

const ASK_DEVICE_MS = 10 * 60_000;
const ASK_DEVICE_AGAIN_MS = 30_000;

/** A tablet that has read nothing yet. `seed` is all the chance it will have. */
export function fresh(seed: bigint): State {
  return {
    seed,
    device: null,
    sessions: [],
    push: push.NOTHING_WAITS,
    feeds: {},
    live: NO_SOCKET,
    clock: null,
    epoch: '',
    left: {},
    diverged: [],
    device_at: 0,
    device_attempt: 0,
    timer_at: null,
  };
}

/** Takes one event in at `now`: the next state, and what must be done, in order. The same input gives the same output. */
export function step(state: State, event: Event, now: Now): Stepped {
  const isReached = event.event === 'socket_opened' || ('status' in event && event.status !== 0);
  let [next, actions] = hear(isReached ? allReached(state, now) : state, event, now);
  for (const advance of [push.advancePush, advanceLive, advanceFeeds, advanceDevice]) {
    const [after, more] = advance(next, now);
    next = after;
    actions = [...actions, ...more];
  }
  return setTimer(next, actions, now);
}

function hear(state: State, event: Event, now: Now): Stepped {
  switch (event.event) {
    case 'started': {
      const { device, sessions, waiting, held, last_sent_at } = event;
      const read = push.outboxRead(state, waiting, held, last_sent_at);
      return reconcile({ ...read, device, sessions, clock: remembered(event.offset_ms) });
    }
    case 'paired':
      return reconcile({ ...state, device: event.device, device_at: 0 });
    case 'device_reply':
      return deviceReply(state, event, now);
    case 'session_opened': {
      const others = state.sessions.filter((one) => one.session_id !== event.session.session_id);
      return reconcile({ ...state, sessions: [...others, event.session] });
    }
    case 'session_ended':
      return reconcile({
        ...state,
        sessions: state.sessions.filter((one) => one.session_id !== event.session_id),
      });
    case 'live_gained':
      return cursorsRead(withLive(state, { lock: true }), event.cursors);
    case 'live_lost':
      return [withLive(state, { lock: false }), []];
    case 'socket_opened':
      return [push.hint(socketOpened(state, now), now), []];
    case 'socket_closed':
      return [state.live.socket === 'closed' ? state : socketClosed(state, now), []];
    case 'diverged':
      return [diverged(state, event.feed, event.epoch, now), []];
    case 'resent':
      return [resent(state, event.entry_ids), []];
    case 'frame':
      return frameHeard(state, event.frame, now);
    case 'get_reply':
      return getReply(state, event.feed, event, now);
    default:
      return hearOutbox(state, event, now);
  }
}

type OutboxEvent = Extract<
  Event,
  {
    event:
      | 'saved'
      | 'outbox_read'
      | 'answered'
      | 'network_up'
      | 'network_down'
      | 'visible'
      | 'asked'
      | 'timer'
      | 'flush_gained'
      | 'flush_refused'
      | 'push_reply'
      | 'settled'
      | 'settle_failed';
  }
>;

function hearOutbox(state: State, event: OutboxEvent, now: Now): Stepped {
  switch (event.event) {
    case 'saved':
      return [push.saved(state, event.waiting), []];
    case 'outbox_read':
      return [push.outboxRead(state, event.waiting, event.held, event.last_sent_at), []];
    case 'answered':
      return [push.answered(state, event.entry_id), []];
    case 'network_up':
    case 'visible':
      return [hintLive(push.hint(state, now), now), []];
    case 'asked':
      return [hintLive(push.askedNow(state), now), []];
    case 'flush_gained':
      return [push.flushGained(state, event.waiting), []];
    case 'flush_refused':
      return [push.flushRefused(state, now), []];
    case 'push_reply':
      return push.pushReply(state, event, now);
    case 'settled':
      return push.settled(state, now);
    case 'settle_failed':
      return push.settleFailed(state, now);
    // The browser's word that the network is gone is not believed; a timer only makes the core look again.
    case 'network_down':
      return [state, []];
    case 'timer':
      return [{ ...state, timer_at: null }, []];
  }
}

/** Somebody answers: what waited longer and longer goes now. */
function allReached(before: State, now: Now): State {
  const state = reached(before, now);
  if (!state.device_attempt || state.device_at === null) return state;
  return { ...state, device_at: Math.min(state.device_at, now.mono_ms) };
}

function deviceReply(state: State, reply: Reply, now: Now): Stepped {
  const { device } = state;
  const { body } = reply;
  const known = reply.status === 200 && isRecord(body) && body['device_id'] === device?.device_id;
  if (!device || !known || typeof body['unit_id'] !== 'string')
    return [deviceUnknown(state, reply.status, now), []];
  const name = typeof body['name'] === 'string' ? body['name'] : device.name;
  const clock = measure(state.clock, body['server_at'], reply.sent_at, now);
  const device_at = now.mono_ms + ASK_DEVICE_MS;
  return reconcile({
    ...state,
    clock,
    device_at,
    device_attempt: 0,
    device: { ...device, name, unit_id: body['unit_id'] },
  });
}

function deviceUnknown(state: State, status: number, now: Now): State {
  const wait_ms = ASK_DEVICE_AGAIN_MS * 2 ** Math.min(state.device_attempt, 10);
  return {
    ...state,
    device_at: now.mono_ms + Math.min(ASK_DEVICE_MS, wait_ms),
    device_attempt: status === 0 ? state.device_attempt + 1 : 0,
  };
}

function advanceDevice(state: State, now: Now): Stepped {
  if (!state.device || state.device_at === null || state.device_at > now.mono_ms) return [state, []];
  return [{ ...state, device_at: null }, [{ action: 'get_device' }]];
}

function setTimer(state: State, actions: Action[], now: Now): Stepped {
  const device = state.device && state.device_at !== null ? [state.device_at] : [];
  const all = [...pushWaits(state), ...liveDeadlines(state.live), ...feedDeadlines(state, now), ...device];
  const ahead = all.filter((at) => at > now.mono_ms && Number.isFinite(at));
  const timer_at = ahead.length ? Math.min(...ahead) : null;
  if (timer_at === state.timer_at) return [state, actions];
  return [{ ...state, timer_at }, [...actions, { action: 'set_timer', at_mono_ms: timer_at }]];
}

function pushWaits(state: State): number[] {
  return state.device ? push.pushDeadlines(state.push) : [];
}
