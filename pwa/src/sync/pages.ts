/** Snapshots, pages and deltas: what fits the cursor is applied, data and cursor together; what does not is fetched. */
import type { Action, Change, Feed, Now, Reply, SnapshotRow, State, Stepped } from './contract.ts';
import { epochHeard, isLate } from './epochs.ts';
import { beginAgain, fetched, fetchFailed, noteHead, withFeed } from './feeds.ts';
import { measure } from './offset.ts';
import { isRecord, text } from './verdicts.ts';

const GONE = 410;
const NOT_FOUND = 404;

/** The answer to `get_snapshot` or `get_changes`. */
export function getReply(before: State, name: string, reply: Reply, now: Now): Stepped {
  if (!before.feeds[name]?.under_way) return [before, []];
  const { stale } = before.feeds[name] as Feed;
  const state = withFeed(before, name, { unanswered: reply.status === 0 && !stale });
  const feed = state.feeds[name] as Feed;
  if (stale) return [withFeed(state, name, { under_way: false, stale: false, fetch: null }), []];
  const { status, body } = reply;
  if (status === GONE && isRecord(body)) return [beginAgain(state, name, false), []];
  // The reading that the chunks before belong to is no longer kept.
  if (status === NOT_FOUND && feed.fetch?.what === 'snapshot' && feed.fetch.chunk > 0)
    return [fetchFailed(withFeed(state, name, { fetch: null }), name, now), []];
  const clock =
    status === 200 && isRecord(body)
      ? measure(state.clock, body['server_at'], reply.sent_at, now)
      : state.clock;
  const heard = { ...state, clock };
  const stepped =
    status === 200 && isRecord(body) && body['feed'] === name
      ? feed.fetch?.what === 'snapshot'
        ? chunkRead(heard, name, body, reply.sent_at.mono_ms, now)
        : pageRead(heard, name, feed, body, now)
      : null;
  return stepped ?? [fetchFailed(heard, name, now, reply.retry_after_s), []];
}

/** A delta from the socket, applied only if the epoch is equal and it begins right after the cursor. */
export function deltaHeard(state: State, frame: Record<string, unknown>, now: Now): Stepped {
  const name = text(frame['feed']);
  const feed = state.feeds[name];
  const changes = changesOf(frame['changes']);
  const to = frame['to'];
  if (!feed?.epoch || !changes || typeof to !== 'number') return [state, []];
  const fits =
    frame['epoch'] === feed.epoch &&
    frame['from'] === feed.seq + 1 &&
    dense(changes, feed.seq) &&
    to === feed.seq + changes.length;
  if (fits) return apply(state, name, feed, changes, Math.max(feed.head, to), now);
  if (frame['epoch'] === feed.epoch && to <= feed.seq) return [state, []];
  return [withFeed(noteHead(state, name, text(frame['epoch']), to, now), name, { behind_at: 0 }), []];
}

/** The cursor can not be served: a snapshot, unless one is being read already. The outbox is not touched. */
export function resetHeard(state: State, frame: Record<string, unknown>): State {
  const name = text(frame['feed']);
  const feed = state.feeds[name];
  if (!feed) return state;
  const reading = feed.fetch?.what === 'snapshot' && !feed.stale ? feed.fetch.epoch : null;
  if (reading === '' || (reading !== null && reading === frame['epoch'])) return state;
  return beginAgain(state, name, feed.under_way);
}

function chunkRead(
  state: State,
  name: string,
  body: Record<string, unknown>,
  asked_ms: number,
  now: Now,
): Stepped | null {
  const feed = state.feeds[name] as Feed;
  const { epoch, head, chunk, last } = body;
  const rows = rowsOf(body['rows']);
  if (feed.fetch?.what !== 'snapshot' || !rows || typeof epoch !== 'string' || typeof head !== 'number')
    return null;
  const job = feed.fetch;
  if (chunk !== job.chunk) return null;
  if (isLate(state, epoch, asked_ms)) return [withFeed(state, name, { under_way: false, fetch: null }), []];
  if (job.chunk > 0 && (epoch !== job.epoch || head !== job.head))
    return [fetchFailed(withFeed(state, name, { fetch: null }), name, now), []];
  const all = [...job.rows, ...rows];
  if (last !== true) {
    const fetch = { what: 'snapshot', chunk: job.chunk + 1, epoch, head, rows: all } as const;
    return [
      withFeed(state, name, { fetch, under_way: false, attempt: 0 }),
      [{ action: 'show', feed: name, rows }],
    ];
  }
  const next = withFeed(state, name, {
    ...fetched(now),
    epoch,
    seq: head,
    head,
    // "Then ask for changes after it": at once, unless the next hello does it.
    behind_at: state.live.socket === 'open' ? null : 0,
  });
  const live = { ...next.live, hello: '' };
  const [heard, actions] = epochHeard({ ...next, live }, epoch, now, asked_ms);
  return [heard, [{ action: 'replace', feed: name, epoch, seq: head, rows: all }, ...actions]];
}

function pageRead(
  state: State,
  name: string,
  feed: Feed,
  body: Record<string, unknown>,
  now: Now,
): Stepped | null {
  const all = changesOf(body['changes']);
  const { head, more } = body;
  if (!all || typeof head !== 'number' || body['epoch'] !== feed.epoch) return null;
  // A delta may have been applied while the page was under way.
  const changes = all.filter((change) => change.seq > feed.seq);
  if (!dense(changes, feed.seq)) return null;
  // The server says that there is more and gives nothing: waiting is better than asking without end.
  if (all.length === 0 && head > feed.seq) return null;
  const behind_at = more === true ? 0 : null;
  const done = withFeed(state, name, { ...fetched(now), behind_at });
  if (changes.length === 0) return [done, []];
  return apply(done, name, { ...feed, behind_at }, changes, Math.max(feed.head, head), now);
}

function apply(
  state: State,
  name: string,
  feed: Feed,
  changes: readonly Change[],
  head: number,
  now: Now,
): Stepped {
  const seq = feed.seq + changes.length;
  const moved = withFeed(state, name, { seq, head, behind_at: head > seq ? feed.behind_at : null });
  const action: Action = { action: 'append', feed: name, epoch: feed.epoch, seq, changes };
  return [noteHead(moved, name, feed.epoch, head, now), [action]];
}

function dense(changes: readonly Change[], after: number): boolean {
  return changes.every((change, place) => change.seq === after + 1 + place);
}

function changesOf(value: unknown): Change[] | null {
  const fine = Array.isArray(value) && value.every((one) => isRecord(one) && typeof one['seq'] === 'number');
  return fine ? (value as Change[]) : null;
}

function rowsOf(value: unknown): SnapshotRow[] | null {
  const fine = Array.isArray(value) && value.every((one) => isRecord(one) && typeof one['id'] === 'string');
  return fine ? (value as SnapshotRow[]) : null;
}
