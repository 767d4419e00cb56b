/** What the core knows, what it hears and what it asks for. Only ids, sizes and cursors: no fact of a patient is decided on here. */

/** Wall clock for people, monotonic clock for waiting: the wall clock of a tablet jumps. */
export type Now = { wall_ms: number; mono_ms: number };

export type Device = { device_id: string; unit_id: string; name: string };
export type Session = { session_id: string; staff_id: string };

/** An entry in the outbox, as far as sending needs it. */
export type Waiting = {
  entry_id: string;
  n: number;
  stay_id: string | null;
  depends_on: readonly string[];
  bytes: number;
};

/** An entry that needs a person's answer; `local`: the server never took it. */
export type Held = Waiting & { reason: string; detail: string; local: boolean };

export type Settled = { entry_id: string; verdict: string; flags: readonly string[] };
export type Change = { seq: number; type: string; id: string; version: number; row: unknown };
export type SnapshotRow = { type: string; id: string; version: number; row: unknown };
/** Numbers of entries, both ends included. */
export type Span = readonly [first: number, last: number];
export type Cursor = readonly [epoch: string, seq: number];

/** `status` 0: nothing came back in time. `body` undefined: what came back was not JSON. */
export type Reply = { status: number; body?: unknown; sent_at: Now; retry_after_s?: number };

export type Event =
  | {
      event: 'started';
      device: Device | null;
      sessions: readonly Session[];
      waiting: readonly Waiting[];
      held: readonly Held[];
      last_sent_at: number | null;
      offset_ms: number | null;
    }
  | { event: 'paired'; device: Device }
  | ({ event: 'device_reply' } & Reply)
  | { event: 'session_opened'; session: Session }
  | { event: 'session_ended'; session_id: string }
  | { event: 'saved'; waiting: Waiting }
  | { event: 'outbox_read'; waiting: readonly Waiting[]; held: readonly Held[]; last_sent_at: number | null }
  | { event: 'answered'; entry_id: string }
  | { event: 'network_up' }
  | { event: 'network_down' }
  | { event: 'visible' }
  | { event: 'asked' }
  | { event: 'timer' }
  | { event: 'flush_gained'; waiting: readonly Waiting[] }
  | { event: 'flush_refused' }
  | ({ event: 'push_reply' } & Reply)
  | { event: 'settled' }
  | { event: 'settle_failed' }
  | { event: 'live_gained'; cursors: Readonly<Record<string, Cursor>> }
  | { event: 'live_lost' }
  | { event: 'diverged'; feed: string; epoch: string; seq: number }
  | { event: 'resent'; entry_ids: readonly string[] }
  | { event: 'socket_opened' }
  | { event: 'socket_closed' }
  | { event: 'frame'; frame: unknown }
  | ({ event: 'get_reply'; feed: string } & Reply);

/** Every `post` and every `get_…` is answered by exactly one reply event, a lost line by status 0. */
export type Action =
  | { action: 'take_flush' }
  | { action: 'drop_flush' }
  /** `next`: what is likely to go after these, so that it can be made ready meanwhile. */
  | { action: 'post'; entry_ids: readonly string[]; next: readonly string[]; outbox_depth: number }
  | {
      action: 'settle';
      sent: readonly Settled[];
      held: readonly Held[];
      heads: Readonly<Record<string, number>>;
      epoch: string;
      /** The server's clock with these verdicts; null where it said none. */
      server_ms: number | null;
    }
  | { action: 'get_device' }
  | { action: 'get_changes'; feed: string; epoch: string; after: number; limit: number }
  | { action: 'get_snapshot'; feed: string; chunk: number; head: number | null }
  | { action: 'open_socket' }
  | { action: 'close_socket' }
  | { action: 'send'; frame: unknown }
  | { action: 'show'; feed: string; rows: readonly SnapshotRow[] }
  | { action: 'append'; feed: string; epoch: string; seq: number; changes: readonly Change[] }
  | { action: 'replace'; feed: string; epoch: string; seq: number; rows: readonly SnapshotRow[] }
  | { action: 'forget'; feed: string }
  /** Sum the feed's rows at this cursor; only a difference is told, by `diverged`. */
  | { action: 'compare'; feed: string; epoch: string; seq: number; sum: string }
  /** What the server answered in another epoch goes back to the outbox; told by `resent` and then `outbox_read`. */
  | { action: 'resend'; epoch: string }
  /** The same for numbers that never reached the server, as far as this tablet still has them. */
  | { action: 'resend_missing'; spans: readonly Span[] }
  | { action: 'ring'; alert_id: string; step_id: string; staff_id: string; sound: string }
  | { action: 'set_timer'; at_mono_ms: number | null };

export type Pushing = {
  waiting: readonly Waiting[];
  held: readonly Held[];
  lock: 'none' | 'asked' | 'held';
  flight: readonly string[] | null;
  /** Verdicts that storage is writing down now; they count only once it has. */
  settling: { sent: readonly Settled[]; held: readonly Held[]; epoch: string } | null;
  /** Parts of a refused batch, oldest first, still to be tried alone. */
  suspects: readonly (readonly string[])[];
  attempt: number;
  retry_at: number;
  tried_at: number;
  /** Until when (monotonic) a stay, or an entry without one, waits after the verdict `later`. */
  later: Readonly<Record<string, number>>;
  last_sent_at: number | null;
  /** Entries that go once more because the server does not have them any more. */
  resent: readonly string[];
  /** Until when (monotonic) numbers that the server misses are not looked for again, by their span as text. */
  looked: Readonly<Record<string, number>>;
  /** Status of the last answer that was no verdict; null after a good one. */
  refused: number | null;
};

export type Fetch =
  | { what: 'changes' }
  | { what: 'snapshot'; chunk: number; epoch: string; head: number; rows: readonly SnapshotRow[] };

export type Feed = {
  epoch: string;
  seq: number;
  head: number;
  behind_at: number | null;
  fetch: Fetch | null;
  /** A request of `fetch` is out. */
  under_way: boolean;
  /** A reset came while a fetch was under way: its reply is void. */
  stale: boolean;
  attempt: number;
  retry_at: number;
  poll_at: number;
  /** From when on sums are compared: a feed that has just begun again is given time. */
  compare_at: number;
  /** Nobody answered the last fetch: of several such feeds one asks for all. */
  unanswered: boolean;
};

export type Living = {
  lock: boolean;
  socket: 'closed' | 'opening' | 'open';
  attempt: number;
  retry_at: number;
  heard_at: number;
  /** The feeds that the last hello named, as text: another text needs another hello. */
  hello: string;
  /** How many this socket heard. */
  hellos: number;
  /** The cursors of the last one. */
  said: Readonly<Record<string, readonly [string, number]>>;
};

export type Clock = { offset_ms: number; rtt_ms: number; at_mono_ms: number; wall_minus_mono: number } | null;

export type State = {
  seed: bigint;
  device: Device | null;
  sessions: readonly Session[];
  push: Pushing;
  feeds: Readonly<Record<string, Feed>>;
  live: Living;
  clock: Clock;
  /** The epoch that the server was last heard in; empty after a start. */
  epoch: string;
  /** Epochs that the server is no longer in, and when (monotonic) the next one was heard. */
  left: Readonly<Record<string, number>>;
  /** Feeds whose rows were not the server's, until the next hello has said so. */
  diverged: readonly string[];
  /** When (monotonic) the server is next asked what it knows of this tablet; null while it is asked. */
  device_at: number | null;
  /** How many times nobody answered about this tablet. */
  device_attempt: number;
  timer_at: number | null;
};

/** A state and what must be done about it. */
export type Stepped = [State, Action[]];
