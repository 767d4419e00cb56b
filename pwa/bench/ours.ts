/** A page without screens for the benchmark (docs/performance.md): the tablet's own sync code, and how long it takes. */
import { startTablet } from '../src/sync/browser.ts';
import { readDevice } from '../src/sync/device_storage.ts';
import { flush } from '../src/sync/flush.ts';
import type { onHint } from '../src/sync/hints.ts';
import { readOutbox } from '../src/sync/outbox.ts';
import { setPeople } from '../src/sync/people.svelte.ts';
import { readProjection } from '../src/sync/projection.ts';
import { save } from '../src/sync/save.ts';
import { logIn, pair } from '../src/sync/sign_in.ts';
import { store } from '../src/sync/store.svelte.ts';

type Charted = { at_ms: number; type: Parameters<typeof save>[0]; fields: object; needs_before: boolean };

/** The real clock, of a page whose `Date` may stand still. */
const wallClock = Date;

/** Pairs the tablet, signs a person in and waits until the unit's rows are in storage. */
async function signIn(code: string, staff_id: string, pin: string): Promise<string> {
  const stored = unitStored();
  await startTablet();
  const paired = await pair(code, 'Bench');
  const inside = await logIn(staff_id, pin);
  await stored;
  return `${paired} ${inside}`;
}

/** Who is signed in and what was read, without the tablet's runner: what is saved from here on waits. */
async function stayOffline(): Promise<void> {
  const { device, sessions, current } = await readDevice();
  setPeople({ device, sessions, current });
  for (const [feed, { cursor, rows }] of await readProjection()) store.replace(feed, cursor, rows);
}

/** Saves entries as forms do, each at its own instant, one after the other; how long each took until it was durable, in ms. */
async function chart(entries: readonly Charted[]): Promise<number[]> {
  const took: number[] = [];
  let before = '';
  for (const { at_ms, type, fields, needs_before } of entries) {
    standAt(at_ms);
    const needed = needs_before ? { task_id: before } : {};
    const begun = performance.now();
    before = await save(
      type,
      { ...fields, ...needed } as never,
      needs_before ? { depends_on: [before] } : {},
    );
    took.push(performance.now() - begun);
  }
  globalThis.Date = wallClock;
  return took;
}

/** What the service worker does when the network returns; how long until storage has every verdict, in ms. */
async function drain(): Promise<{ ms: number; waiting: number; held: number }> {
  const begun = performance.now();
  await flush();
  const ms = performance.now() - begun;
  const { waiting, held } = await readOutbox();
  return { ms, waiting: waiting.length, held: held.length };
}

/** Takes the rows away, as a browser may that needs room. */
function forgetRows(): Promise<void> {
  return new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase('wardlight-projection');
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => reject(deleting.error);
  });
}

/** Reads the feeds for the first time: ms until the first rows can be shown, and until all are in storage. */
async function firstSync(): Promise<{ usable_ms: number; stored_ms: number; rows: number }> {
  let usable_ms = 0;
  const stored = unitStored();
  const begun = performance.now();
  const stop = store.listen('stay', () => {
    usable_ms ||= performance.now() - begun;
  });
  await startTablet();
  const feed = await stored;
  const stored_ms = performance.now() - begun;
  stop();
  return { usable_ms, stored_ms, rows: store.feedRows(feed).size };
}

/** Starts with all rows in storage; ms until they can be shown. */
async function start(): Promise<{ ms: number; rows: number }> {
  const begun = performance.now();
  await startTablet();
  const ms = performance.now() - begun;
  const feeds = await readProjection();
  return { ms, rows: [...feeds.values()].reduce((sum, { rows }) => sum + rows.size, 0) };
}

/** Wall clock instants, in ms, at which storage had the rows of these ids; asked for by `storedAt`. */
const stored_at = new Map<string, number>();

function watchStorage(): void {
  listen((hint) => {
    if (hint.hint !== 'feed') return;
    const now = performance.timeOrigin + performance.now();
    for (const { id } of hint.changes ?? []) if (!stored_at.has(id)) stored_at.set(id, now);
  });
}

function storedAt(ids: readonly string[]): (number | null)[] {
  return ids.map((id) => stored_at.get(id) ?? null);
}

function unitStored(): Promise<string> {
  return new Promise((resolve) => {
    listen((hint) => {
      if (hint.hint === 'feed' && hint.feed.startsWith('unit:')) resolve(hint.feed);
    });
  });
}

/** A channel of its own hears what this very page tells others. */
function listen(hear: Parameters<typeof onHint>[0]): void {
  new BroadcastChannel('wardlight').addEventListener('message', ({ data }) => hear(data));
}

function standAt(at_ms: number): void {
  globalThis.Date = class extends wallClock {
    constructor(...given: []) {
      if (given.length) super(...given);
      else super(at_ms);
    }
    static override now(): number {
      return at_ms;
    }
  } as DateConstructor;
}

Object.assign(globalThis, {
  bench: { signIn, stayOffline, chart, drain, forgetRows, firstSync, start, watchStorage, storedAt },
});
