/** The outbox half of the core: one batch in flight, a poison entry found by halving, everything else kept until a verdict. */
import { backOff, hinted } from './backoff.ts';
import { following, heldWith, inOrder, nextBatch, poisoned, split, without } from './batch.ts';
import type { Held, Now, Pushing, Reply, State, Stepped, Waiting } from './contract.ts';
import { epochHeard, isLate } from './epochs.ts';
import { noteHeads } from './feeds.ts';
import { missingHeard } from './missing.ts';
import { measure, serverMs } from './offset.ts';
import { isRecord, readVerdicts } from './verdicts.ts';

const REFUSES_THE_BATCH = new Set([400, 413, 422]);
const MANY_WAIT_S = 1;

export const NOTHING_WAITS: Pushing = {
  waiting: [],
  held: [],
  lock: 'none',
  flight: null,
  settling: null,
  suspects: [],
  attempt: 0,
  retry_at: 0,
  tried_at: Number.NEGATIVE_INFINITY,
  later: {},
  last_sent_at: null,
  resent: [],
  looked: {},
  refused: null,
};

/** The outbox as storage has it now. What another tab has just sent proves the network for this one as well. */
export function outboxRead(
  state: State,
  waiting: readonly Waiting[],
  held: readonly Held[],
  last_sent_at: number | null,
): State {
  const proof = (last_sent_at ?? 0) > (state.push.last_sent_at ?? 0);
  const reached = proof ? { attempt: 0, retry_at: 0, refused: null } : {};
  return withPush(state, { ...stillThere(state, waiting), held, last_sent_at, ...reached });
}

/** What waits, by storage. What went again has left it where somebody else has sent it. */
function stillThere(state: State, waiting: readonly Waiting[]): Pick<Pushing, 'waiting' | 'resent'> {
  const { resent } = state.push;
  const here = new Set(resent.length > 0 ? waiting.map((entry) => entry.entry_id) : []);
  return { waiting: inOrder([], waiting), resent: resent.filter((entry_id) => here.has(entry_id)) };
}

/** One more entry waits. */
export function saved(state: State, entry: Waiting): State {
  const { waiting } = state.push;
  const last = waiting.at(-1);
  // Almost always the newest: to order ten thousand anew at every save would be felt at the bedside.
  const isNewest = !last || last.n < entry.n;
  return withPush(state, { waiting: isNewest ? [...waiting, entry] : inOrder(waiting, [entry]) });
}

/** A person answered: the entry leaves the tray. One that goes back to the outbox comes again by `saved`. */
export function answered(state: State, entry_id: string): State {
  return withPush(state, { held: state.push.held.filter((entry) => entry.entry_id !== entry_id) });
}

/** The lock is ours: what storage has is what is sent. */
export function flushGained(state: State, waiting: readonly Waiting[]): State {
  return withPush(state, { lock: 'held', ...stillThere(state, waiting) });
}

/** Something says that the network is back: an early try, not a storm. */
export function hint(state: State, now: Now): State {
  const [retry_at, seed] = hinted(state, state.push.retry_at, state.push.tried_at, now);
  return { ...withPush(state, { retry_at }), seed };
}

/** A person asked: now. */
export function askedNow(state: State): State {
  return withPush(state, { retry_at: 0, later: {} });
}

/** An answer to the batch in flight, or the lack of one. */
export function pushReply(state: State, reply: Reply, now: Now): Stepped {
  const { push } = state;
  const { flight } = push;
  if (!flight) return [state, []];
  if (reply.status === 200) {
    const verdicts = readVerdicts(reply.body, push, flight, now);
    if (verdicts && isRecord(reply.body)) {
      const { sent, held, heads, epoch } = verdicts;
      // The server that said so is no more: the one that stands has to say it.
      if (isLate(state, epoch, reply.sent_at.mono_ms)) return [withPush(state, { flight: null }), []];
      const clock = measure(state.clock, reply.body['server_at'], reply.sent_at, now);
      const later = { ...push.later, ...verdicts.later };
      const settling = { sent, held, epoch };
      const suspects = without(push, flight);
      const patch = { flight: null, settling, later, suspects, attempt: 0, retry_at: 0, refused: null };
      const noted = noteHeads({ ...withPush(state, patch), clock }, heads, epoch, now);
      const [asked, missing] = missingHeard(noted, reply.body['missing'], now);
      const [next, again] = epochHeard(asked, epoch, now, reply.sent_at.mono_ms);
      const server_ms = serverMs(reply.body['server_at']);
      return [next, [{ action: 'settle', ...settling, heads, server_ms }, ...missing, ...again]];
    }
  }
  if (REFUSES_THE_BATCH.has(reply.status)) {
    const ours = isRecord(reply.body);
    // A proxy says "too large" in HTML: worth halving, never worth holding an entry for.
    if (flight.length > 1 && (ours || reply.status === 413))
      return [withPush(state, { flight: null, suspects: split(push, flight) }), []];
    if (flight.length === 1 && ours) return hold(state, flight[0] as string, reply);
  }
  return failed(state, reply, now);
}

/** Storage has written the verdicts down; only now do the entries leave the outbox. */
export function settled(state: State, now: Now): Stepped {
  const { push } = state;
  if (!push.settling) return [state, []];
  const { sent, held, epoch } = push.settling;
  const gone = new Set([...sent, ...held].map((entry) => entry.entry_id));
  const next = withPush(state, {
    settling: null,
    waiting: push.waiting.filter((entry) => !gone.has(entry.entry_id)),
    held: inOrder(push.held, held) as Held[],
    resent: push.resent.filter((entry_id) => !gone.has(entry_id)),
    last_sent_at: sent.length ? now.wall_ms : push.last_sent_at,
  });
  // Another epoch was heard while they were written down: storage may have looked for what goes again before.
  const behind = epoch !== '' && epoch !== state.epoch;
  return [next, behind ? [{ action: 'resend', epoch: state.epoch }] : []];
}

/** Storage could not write the verdicts: the entries stay and are sent again; the server knows them by their ids. */
export function settleFailed(state: State, now: Now): Stepped {
  return failed(withPush(state, { settling: null }), { status: 0, sent_at: now }, now);
}

/** The lock could not be had: ask again a little later. */
export function flushRefused(state: State, now: Now): State {
  const [retry_at, seed] = backOff(state, 0, now, MANY_WAIT_S);
  return { ...withPush(state, { lock: 'none', retry_at }), seed };
}

/** Starts, goes on with or ends a flush, as the outbox needs it. */
export function advancePush(state: State, now: Now): Stepped {
  const { push } = state;
  if (!state.device || push.flight || push.settling || push.lock === 'asked') return [state, []];
  const fallen = push.retry_at > now.mono_ms ? [] : heldWith(push);
  if (fallen.length > 0) return settleHere(state, fallen);
  const suspects = push.suspects.slice();
  while (suspects.length > 0 && nextBatch({ ...push, suspects }, now).length === 0) suspects.shift();
  const ready = withPush(state, { suspects });
  const batch = push.retry_at > now.mono_ms ? [] : nextBatch(ready.push, now);
  if (push.lock === 'none') {
    if (batch.length === 0) return [ready, []];
    return [withPush(ready, { lock: 'asked' }), [{ action: 'take_flush' }]];
  }
  if (batch.length === 0) return [withPush(ready, { lock: 'none' }), [{ action: 'drop_flush' }]];
  const outbox_depth = push.waiting.length;
  const next = following(ready.push, batch, now);
  return [
    withPush(ready, { flight: batch, tried_at: now.mono_ms }),
    [{ action: 'post', entry_ids: batch, next, outbox_depth }],
  ];
}

/** Whether nothing is being sent or written down, and nothing will be before time passes. */
export function atRest(push: Pushing): boolean {
  return push.lock === 'none' && !push.flight && !push.settling;
}

/** Monotonic instants at which the outbox wants to be looked at again. */
export function pushDeadlines(push: Pushing): number[] {
  return push.waiting.length === 0 ? [] : [push.retry_at, ...Object.values(push.later)];
}

function hold(state: State, entry_id: string, reply: Reply): Stepped {
  const title = isRecord(reply.body) && typeof reply.body['title'] === 'string' ? reply.body['title'] : '';
  return settleHere(state, poisoned(state.push, entry_id, title || String(reply.status)));
}

/** What the server never took goes into the tray without a word of it. */
function settleHere(state: State, held: readonly Held[]): Stepped {
  const ids = held.map((entry) => entry.entry_id);
  const settling = { sent: [], held, epoch: '' };
  const patch = { flight: null, settling, suspects: without(state.push, ids) };
  return [withPush(state, patch), [{ action: 'settle', ...settling, heads: {}, server_ms: null }]];
}

function failed(state: State, reply: Reply, now: Now): Stepped {
  const { attempt } = state.push;
  const [retry_at, seed] = backOff(state, attempt, now, reply.retry_after_s);
  const patch = {
    flight: null,
    lock: 'none',
    attempt: attempt + 1,
    retry_at,
    refused: reply.status,
  } as const;
  return [{ ...withPush(state, patch), seed }, [{ action: 'drop_flush' }]];
}

function withPush(state: State, patch: Partial<Pushing>): State {
  return { ...state, push: { ...state.push, ...patch } };
}
