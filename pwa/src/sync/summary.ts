/** The sync state as a person needs it, derived from the core's state. */
import type { Now, State } from './contract.ts';
import { clockAt } from './offset.ts';

/** `connection`: the server answers; it is being tried; it takes nothing now; it could not be reached; it does not know this tablet;
 * this app is too old to read from it. */
export type Connection = 'connected' | 'trying' | 'busy' | 'unreachable' | 'refused' | 'outdated';

export type Summary = {
  waiting: number;
  held: number;
  sending: boolean;
  /** Entries that go once more because the server came back from a backup. */
  resending: number;
  connection: Connection;
  last_sent_at: number | null;
  /** Wall clock, ms; null when nothing is waiting for a next try. */
  next_try_at: number | null;
  clock_offset_ms: number;
  clock_quality: 'unknown' | 'stale' | 'fresh';
};

const BUSY = new Set([408, 425, 429, 500, 503, 507]);

/** What the header pill and the tray say. */
export function summary(state: State, now: Now): Summary {
  const { push } = state;
  const waits = push.waiting.length > 0 && push.lock === 'none' && push.retry_at > now.mono_ms;
  return {
    waiting: push.waiting.length,
    held: push.held.length,
    resending: push.resent.length,
    sending: push.flight !== null || push.settling !== null,
    connection: connection(state, now),
    last_sent_at: push.last_sent_at,
    next_try_at: waits ? now.wall_ms + Math.round(push.retry_at - now.mono_ms) : null,
    ...clockAt(state.clock, now),
  };
}

function connection(state: State, now: Now): Connection {
  const { push, live } = state;
  if (push.refused === 401 || push.refused === 403) return 'refused';
  // A socket may look open long after the line is gone: a post that found nobody knows better.
  if (push.attempt > 0 && push.waiting.length > 0)
    return BUSY.has(push.refused ?? 0) ? 'busy' : 'unreachable';
  if (live.socket === 'open') return 'connected';
  // Where sockets do not pass, the server is polled: it is there as long as it answers that.
  const polled = Object.values(state.feeds).some((feed) => feed.attempt === 0 && feed.poll_at > now.mono_ms);
  if (live.attempt > 1) return polled ? 'connected' : 'unreachable';
  return live.lock ? 'trying' : 'connected';
}
