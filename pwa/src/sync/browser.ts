/** The tablet in a browser tab: what the core asks for is done here, what happens here is told to the core. */
import { PROTOCOL } from '../schemas.ts';
import { compareHand } from './comparing.ts';
import type { Action, Event } from './contract.ts';
import { keepDevice, readDevice, remember } from './device_storage.ts';
import { flushHands, forCore } from './flushing.ts';
import { type Hint, hintOthers, onHint } from './hints.ts';
import { ask, now } from './http.ts';
import { LiveSocket } from './live_socket.ts';
import { clockAt } from './offset.ts';
import { type Again, readOutbox, resend } from './outbox.ts';
import { isOutdated, learnIfOutdated } from './outdated.ts';
import { LATEST_MS, pendingOf } from './pending.ts';
import { setPeople, thisDevice } from './people.svelte.ts';
import { forgetFeed, keepChanges, keepRows, readProjection } from './projection.ts';
import { rowsOfSnapshot } from './replica.ts';
import { type Hands, Runner } from './runner.ts';
import { seed } from './seed.ts';
import { store, syncState, tell } from './store.svelte.ts';
import { type Connection, summary } from './summary.ts';

export const LIVE_LOCK = 'wardlight.live';
const RESEND_AGAIN_MS = 5_000;

type Ring = Omit<Extract<Action, { action: 'ring' }>, 'action'>;
const ringers = new Set<(ring: Ring) => void>();

/** Tells `listener` when the server asks somebody signed in here; returns how to stop. */
export function onRing(listener: (ring: Ring) => void): () => void {
  ringers.add(listener);
  return () => ringers.delete(listener);
}

/** Takes an event to the core. */
export function hear(event: Event): void {
  runner.hear(event);
}

/** What is known of this tablet's clock now. */
export function clockNow() {
  return clockAt(runner.state.clock, now());
}

/** Reads what this tablet has, then lives: offline it is complete from here on. Rejects when the device keeps nothing for the app. */
export async function startTablet(): Promise<void> {
  const [{ device, sessions, current, offset_ms }, { waiting, held, sent, last_sent_at }] = await Promise.all(
    [readDevice(), readOutbox(Date.now() - LATEST_MS), readRows()],
  );
  store.expectOnly(pendingOf({ waiting, sent }));
  setPeople({ device, sessions, current });
  onHint(heardHint);
  hear({
    event: 'started',
    device,
    sessions: sessions.map(({ session_id, staff_id }) => ({ session_id, staff_id })),
    waiting: waiting.map(forCore),
    held,
    last_sent_at,
    offset_ms,
  });
  // Another tab may have written while all was read, before this one heard its hints.
  void readOutboxAgain();
  listenToTheDevice();
  void navigator.locks.request(LIVE_LOCK, beLive);
}

const socket = new LiveSocket(hear);
let timer: ReturnType<typeof setTimeout> | undefined;
/** Storage writes of rows, one after the other in the order of the core. */
let writing: Promise<unknown> = Promise.resolve();

const hands: Hands = {
  ...flushHands(
    (event) => hear(event),
    ({ sent, held, heads, epoch }) => {
      const ids = (settled: readonly { entry_id: string }[]) => settled.map((one) => one.entry_id);
      store.answered(ids(sent), ids(held), heads, epoch);
      hintOthers({ hint: 'outbox' });
    },
    () => runner.state.device?.device_id ?? '',
  ),
  get_device: async () => hear({ event: 'device_reply', ...(await ask('/api/devices/me')) }),
  get_changes: ({ feed, epoch, after, limit }) => {
    const page = { after: String(after), limit: String(limit), protocol: String(PROTOCOL) };
    const query = new URLSearchParams({ feed, epoch, ...page });
    void get(feed, `/api/sync/changes?${query}`);
  },
  get_snapshot: ({ feed, chunk, head }) => {
    const query = new URLSearchParams({
      chunk: String(chunk),
      protocol: String(PROTOCOL),
      ...(head === null ? {} : { head: String(head) }),
    });
    void get(feed, `/api/sync/snapshot/${encodeURIComponent(feed)}?${query}`);
  },
  open_socket: () => socket.open(),
  close_socket: () => socket.close(),
  send: ({ frame }) => socket.send(frame),
  show: ({ feed, rows }) => store.show(feed, rows),
  append: ({ feed, epoch, seq, changes }) => {
    store.apply(feed, epoch, changes);
    const current = () => ({
      cursor: store.cursor(feed) ?? ([epoch, seq] as const),
      rows: store.feedRows(feed),
    });
    write(feed, epoch, changes, () => keepChanges(feed, [epoch, seq], changes, current));
  },
  replace: ({ feed, epoch, seq, rows }) => {
    store.replace(feed, [epoch, seq], rowsOfSnapshot(rows));
    write(feed, epoch, null, () => keepRows(feed, [epoch, seq], rows));
  },
  forget: ({ feed }) => {
    store.forget(feed);
    write(feed, '', null, () => forgetFeed(feed));
  },
  compare: compareHand(store, (event) => hear(event)),
  resend: ({ epoch }) => goAgain({ epoch }),
  resend_missing: ({ spans }) => goAgain({ device_id: runner.state.device?.device_id ?? '', spans }),
  ring: ({ action: _action, ...ring }) => {
    for (const ringer of ringers) ringer(ring);
  },
  set_timer: ({ at_mono_ms }) => {
    clearTimeout(timer);
    if (at_mono_ms === null) return;
    timer = setTimeout(() => hear({ event: 'timer' }), Math.max(0, at_mono_ms - performance.now()));
  },
};

/** Set by the tab that holds `live`, for those that do not. */
let connection_of_others: Connection | null = null;
let remembered_offset_ms: number | null = null;
const runner = new Runner(seed(), hands, now, told);

/** After every event: screens and other tabs learn how things stand. */
function told(state: typeof runner.state): void {
  const standing = summary(state, now());
  if (standing.connection !== 'refused') {
    if (isOutdated()) standing.connection = 'outdated';
    if (!state.live.lock) standing.connection = connection_of_others ?? standing.connection;
  }
  const was = syncState().connection;
  tell({ standing });
  if (state.live.lock && was !== standing.connection)
    hintOthers({ hint: 'connection', connection: standing.connection });
  const { device, clock } = state;
  if (device && JSON.stringify(device) !== JSON.stringify(thisDevice())) {
    setPeople({ device });
    void keepDevice(device);
  }
  if (device && store.cursor(`unit:${device.unit_id}`)) tell({ ready: true });
  if (clock && clock.offset_ms !== remembered_offset_ms) {
    remembered_offset_ms = clock.offset_ms;
    void remember('offset_ms', clock.offset_ms);
  }
}

async function get(feed: string, path: string): Promise<void> {
  const reply = await ask(path);
  if (reply.status === 200) tell({ heard_at: Date.now() });
  learnIfOutdated(reply.status);
  hear({ event: 'get_reply', feed, ...reply });
}

async function goAgain(again: Again): Promise<void> {
  const entry_ids = await resend(again).catch(() => null);
  // A restored server does not have them: storage that can not do it now is asked again soon.
  if (entry_ids === null) setTimeout(() => void goAgain(again), RESEND_AGAIN_MS);
  else if (entry_ids.length > 0) hear({ event: 'resent', entry_ids });
  await readOutboxAgain();
  hintOthers({ hint: 'outbox' });
}

function write(
  feed: string,
  epoch: string,
  changes: Parameters<typeof store.apply>[2] | null,
  keep: () => Promise<void>,
): void {
  // A failed write leaves storage as it was, and the next one writes the whole feed.
  writing = writing.then(keep).then(
    () => hintOthers({ hint: 'feed', feed, epoch, changes }),
    () => {},
  );
}

/** Holds `live` for as long as this tab lives. */
async function beLive(): Promise<void> {
  const cursors = await readRows();
  hear({ event: 'live_gained', cursors });
  await new Promise<never>(() => {});
}

/** Takes the rows of storage over, where they are not those in memory; the cursors by feed. What can not be read the server has. */
async function readRows(anew?: string): Promise<Record<string, readonly [string, number]>> {
  const feeds = await readProjection().catch((error: unknown) => {
    reportError(error);
    return new Map() as Awaited<ReturnType<typeof readProjection>>;
  });
  store.takeOver(feeds, anew);
  return Object.fromEntries([...feeds].map(([feed, { cursor }]) => [feed, cursor]));
}

async function heardHint(hint: Hint): Promise<void> {
  if (hint.hint === 'connection') {
    connection_of_others = hint.connection;
    hear({ event: 'timer' });
  } else if (hint.hint === 'people') {
    const { device, sessions, current } = await readDevice();
    const before = runner.state.sessions.map((session) => session.session_id);
    setPeople({ device, sessions, current });
    if (device && !runner.state.device) hear({ event: 'paired', device });
    for (const { session_id, staff_id } of sessions)
      if (!before.includes(session_id)) hear({ event: 'session_opened', session: { session_id, staff_id } });
    for (const session_id of before)
      if (!sessions.some((one) => one.session_id === session_id))
        hear({ event: 'session_ended', session_id });
  } else if (hint.hint === 'outbox') await readOutboxAgain();
  else {
    tell({ heard_at: Date.now() });
    if (!hint.changes || !store.apply(hint.feed, hint.epoch, hint.changes))
      await readRows(hint.changes ? undefined : hint.feed);
    hear({ event: 'timer' });
  }
}

/** The outbox was written to elsewhere: by another tab, the service worker, or an answer in the tray. */
export async function readOutboxAgain(): Promise<void> {
  // Nothing may come between this reading and the core: an entry saved meanwhile would be forgotten by both.
  const { waiting, held, sent, last_sent_at } = await readOutbox(Date.now() - LATEST_MS);
  store.expectOnly(pendingOf({ waiting, sent }));
  hear({ event: 'outbox_read', waiting: waiting.map(forCore), held, last_sent_at });
}

function listenToTheDevice(): void {
  addEventListener('online', () => hear({ event: 'network_up' }));
  addEventListener('offline', () => hear({ event: 'network_down' }));
  addEventListener('pageshow', () => hear({ event: 'visible' }));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') hear({ event: 'visible' });
  });
}
