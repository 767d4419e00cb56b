/** The outbox: its own database, version 1 for ever, every write with strict durability. */
import type { DBSchema, IDBPDatabase, IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb';
import type { HeldEntryResolved } from '../schemas.ts';
import type { Held, Settled, Span, Waiting } from './contract.ts';
import { dropProjection } from './projection.ts';
import { runs } from './runs.ts';
import { Storage } from './storage.ts';

/**
 * An entry as it was saved; `text` is its JSON as it is sent, for ever. `n` is its place here; `number` is what the server counts, of
 * the tablet that this was then.
 */
export type Kept = Waiting & { staff_id: string; device_id: string; number: number; text: string };
export type KeptHeld = Kept & Omit<Held, keyof Waiting> & { held_at: number };
export type KeptSent = Kept & Settled & { sent_at: number; heads: Record<string, number>; epoch: string };

/**
 * What one batch's verdicts took out of the outbox: a record a batch, for a record an entry costs more than all else of a flush. `sent_at` (by
 * this tablet's clock) only where something was taken; `server_ms` by the server's, which does not jump.
 */
type SentBatch = Pick<KeptSent, 'heads' | 'epoch'> & {
  sent_at?: number;
  server_ms?: number;
  entries: (Kept & Settled)[];
};

interface Outbox extends DBSchema {
  entries: { key: number; value: Kept };
  held: { key: string; value: KeptHeld };
  sent: { key: number; value: SentBatch; indexes: { sent_at: number; server_ms: number } };
  /** The last place, and the last number of each tablet that this was, by its id. */
  counter: { key: string; value: number };
}

const STRICT = { durability: 'strict' } as const;
/** In the sent ring and in the tray; not among what was sent. */
const HELD = 'held';
const PLACES = 'places';
const SENT_FOR_MS = 7 * 24 * 60 * 60_000;

const outbox = new Storage<Outbox>('wardlight-outbox', 1, build, dropProjection);

function build(database: IDBPDatabase<Outbox>): void {
  database.createObjectStore('entries', { keyPath: 'n' });
  database.createObjectStore('held', { keyPath: 'entry_id' });
  const sent = database.createObjectStore('sent', { autoIncrement: true });
  sent.createIndex('sent_at', 'sent_at');
  sent.createIndex('server_ms', 'server_ms');
  database.createObjectStore('counter');
}

/** What the outbox has in one moment: waiting and held oldest first, sent newest first. */
export type Contents = { waiting: Kept[]; held: KeptHeld[]; sent: KeptSent[]; last_sent_at: number | null };

/** Everything that waits, everything in the tray, and what was sent since `sent_from_ms`: one transaction, so of one moment. */
export function readOutbox(sent_from_ms = Number.POSITIVE_INFINITY): Promise<Contents> {
  return outbox.run(async (database) => {
    const reading = database.transaction(['entries', 'held', 'sent']);
    const by_time = reading.objectStore('sent').index('sent_at');
    const [waiting, held, batches, last] = await Promise.all([
      reading.objectStore('entries').getAll(),
      reading.objectStore('held').getAll(),
      by_time.getAll(IDBKeyRange.lowerBound(sent_from_ms)),
      by_time.openKeyCursor(null, 'prev'),
    ]);
    held.sort((a, b) => a.n - b.n);
    const sent = batches.flatMap(({ entries, sent_at = 0, heads, epoch }) =>
      entries.filter(({ verdict }) => verdict !== HELD).map((one) => ({ ...one, sent_at, heads, epoch })),
    );
    return { waiting, held, sent: sent.reverse(), last_sent_at: last?.key ?? null };
  });
}

/** Everything that waits, oldest first. Those that were read before are not read again, for an entry never changes. */
export function readWaiting(before: Iterable<Kept>): Promise<Kept[]> {
  return outbox.run(async (database) => {
    const entries = database.transaction('entries').store;
    const known = new Map([...before].map((entry) => [entry.n, entry]));
    const places = await entries.getAllKeys();
    const fresh = places.filter((place) => !known.has(place));
    const [first, last] = [fresh[0], fresh.at(-1)];
    const read = first && last ? await entries.getAll(IDBKeyRange.bound(first, last)) : [];
    for (const entry of read) known.set(entry.n, entry);
    return places.flatMap((place) => known.get(place) ?? []);
  });
}

/** The last number that this tablet gave an entry. */
export function lastNumber(device_id: string): Promise<number> {
  return outbox.run(async (database) => (await database.get('counter', device_id)) ?? 0);
}

/** How far places and a tablet's numbers are. */
type Counted = { device_id: string; places: number; number: number };
/** As this tab left them: almost always nobody else has counted since. */
let counted: Counted | null = null;

/**
 * Takes the next place and number and keeps the entry in one strict transaction; resolves only when that is complete.
 * `build` seals the entry for them; it is asked again when another tab took them meanwhile.
 * `answers` takes a held entry out of the tray in the same transaction.
 */
export async function append(
  device_id: string,
  build: (place: number, number: number) => Promise<Kept>,
  answers?: string,
): Promise<Kept> {
  for (;;) {
    const { places, number } = counted?.device_id === device_id ? counted : await count(device_id);
    const entry = await build(places + 1, number + 1);
    const is_kept = await outbox.run((database) => put(database, entry, answers));
    counted = is_kept ? { device_id, places: entry.n, number: entry.number } : null;
    if (is_kept) return entry;
  }
}

/** With what the verdicts came: `server_ms`, the server's clock, null where it said none. */
export type Told = Pick<KeptSent, 'heads' | 'epoch' | 'sent_at'> & { server_ms: number | null };

/**
 * Writes verdicts down: entries leave the outbox for the sent ring or the tray, all in one strict transaction. `kept` has each entry
 * as it was read from the outbox.
 */
export function settle(
  kept: ReadonlyMap<string, Kept>,
  sent: readonly Settled[],
  held: readonly Held[],
  { heads, epoch, server_ms, sent_at }: Told,
): Promise<void> {
  return outbox.run(async (database) => {
    const writing = database.transaction(['entries', 'held', 'sent'], 'readwrite', STRICT);
    const ring = writing.objectStore('sent');
    const leaving = [...sent, ...held].flatMap(({ entry_id }) => kept.get(entry_id)?.n ?? []);
    const before = server_ms === null ? null : IDBKeyRange.upperBound(server_ms - SENT_FOR_MS);
    const [taken, old] = await Promise.all([
      takeOut(writing.objectStore('entries'), leaving),
      before ? ring.index('server_ms').getAllKeys(before) : [],
    ]);
    // Another tab may have written the same verdict down already.
    const still = <T extends { entry_id: string }>(one: T): (Kept & T)[] => {
      const entry = kept.get(one.entry_id);
      return entry && taken.has(entry.n) ? [{ ...entry, ...one }] : [];
    };
    // What is held is the server's as well: one that went back in time must get it again, also once it was answered.
    const theirs = held.filter(({ local }) => !local);
    const entries = [
      ...sent,
      ...theirs.map(({ entry_id }) => ({ entry_id, verdict: HELD, flags: [] })),
    ].flatMap(still);
    const answers = held.flatMap(({ entry_id, reason, detail, local }) =>
      still({ entry_id, reason, detail, local }),
    );
    const at = {
      ...(sent.length > 0 ? { sent_at } : {}),
      ...(server_ms === null ? {} : { server_ms }),
    };
    await Promise.all([
      ...(entries.length ? [ring.add({ ...at, heads, epoch, entries })] : []),
      ...answers.map((one) => writing.objectStore('held').put({ ...one, held_at: sent_at })),
      ...old.map((key) => ring.delete(key)),
      writing.done,
    ]);
  });
}

/** Puts an entry that the server never took back into the outbox, as it was. */
export function sendAgain(entry_id: string): Promise<Kept | null> {
  return outbox.run(async (database) => {
    const writing = database.transaction(['entries', 'held'], 'readwrite', STRICT);
    const kept = await writing.objectStore('held').get(entry_id);
    if (!kept) return null;
    const { reason: _reason, detail: _detail, local: _local, held_at: _held_at, ...entry } = kept;
    await Promise.all([
      writing.objectStore('entries').add(entry),
      writing.objectStore('held').delete(entry_id),
      writing.done,
    ]);
    return entry;
  });
}

/** What goes again: all that the server answered in another epoch than this, or these of its numbers. */
export type Again = { epoch: string } | { device_id: string; spans: readonly Span[] };

/**
 * Puts entries with an answer of the server back into the outbox, as they were, in one strict transaction; their ids. What it holds goes
 * with the rest, for its answer may be another one now.
 */
export function resend(again: Again): Promise<string[]> {
  return outbox.run(async (database) => {
    const writing = database.transaction(['entries', 'held', 'sent'], 'readwrite', STRICT);
    const kept = [
      ...(await writing.objectStore('entries').getAll()),
      ...(await writing.objectStore('sent').getAll()).flatMap(({ entries }) => entries),
    ];
    const goes = goesAgain(again, endedBy(kept));
    const back: string[] = [];
    let batch = await writing.objectStore('sent').openCursor();
    for (; batch; batch = await batch.continue()) {
      const { epoch, entries } = batch.value;
      const staying = entries.filter((one) => !goes(one, epoch));
      if (staying.length === entries.length) continue;
      for (const { verdict: _verdict, flags: _flags, ...entry } of entries) {
        if (!goes(entry, epoch)) continue;
        void writing.objectStore('entries').put(entry);
        void writing.objectStore('held').delete(entry.entry_id);
        back.push(entry.entry_id);
      }
      void (staying.length > 0 ? batch.update({ ...batch.value, entries: staying }) : batch.delete());
    }
    await writing.done;
    return back;
  });
}

/** The held entries that these discard, or whose place they say another one took. */
function endedBy(kept: readonly Kept[]): Set<string> {
  const answers = kept.filter(({ text }) => text.includes('"held_entry_resolved"'));
  const bodies = answers.map(
    ({ text }) => JSON.parse((JSON.parse(text) as { body: string }).body) as HeldEntryResolved,
  );
  const ends = bodies.filter(({ resolution }) => resolution === 'discarded' || resolution === 'resent');
  return new Set(ends.map(({ held_entry_id }) => held_entry_id));
}

/** What a person has ended does not go by itself: it would be applied before her answer is heard again. */
function goesAgain(again: Again, ended: ReadonlySet<string>): (entry: Kept, epoch: string) => boolean {
  if ('epoch' in again) return ({ entry_id }, epoch) => epoch !== again.epoch && !ended.has(entry_id);
  const isNamed = (number: number) => again.spans.some(([first, last]) => first <= number && number <= last);
  return ({ device_id, number }) => device_id === again.device_id && isNamed(number);
}

/** Takes an entry out of the tray: somebody answered it on another tablet. */
export function dropHeld(entry_id: string): Promise<void> {
  return outbox.run(async (database) => {
    const writing = database.transaction(['held'], 'readwrite', STRICT);
    await Promise.all([writing.objectStore('held').delete(entry_id), writing.done]);
  });
}

/** Deletes the entries at these places, a request for each run of neighbours; the places at which there was one. */
async function takeOut(
  entries: IDBPObjectStore<Outbox, StoreNames<Outbox>[], 'entries', 'readwrite'>,
  places: readonly number[],
): Promise<Set<number>> {
  const wanted = new Set(places);
  if (wanted.size === 0) return wanted;
  const here = await entries.getAllKeys(IDBKeyRange.bound(Math.min(...places), Math.max(...places)));
  await Promise.all(runs(here, wanted).map(([from, to]) => entries.delete(IDBKeyRange.bound(from, to))));
  return new Set(here.filter((place) => wanted.has(place)));
}

function count(device_id: string): Promise<Counted> {
  return outbox.run(async (database) => {
    const counter = database.transaction('counter').store;
    const [places = 0, number = 0] = await Promise.all([counter.get(PLACES), counter.get(device_id)]);
    return { device_id, places, number };
  });
}

/**
 * False when place or number were taken. True as well when an earlier try has written this very entry. Counters that are behind what this tab
 * knows were cleared with all else under the open app: it counts on, for the server has heard those numbers.
 */
async function put(database: IDBPDatabase<Outbox>, entry: Kept, answers?: string): Promise<boolean> {
  const writing = database.transaction(['entries', 'counter', 'held', 'sent'], 'readwrite', STRICT);
  const counter = writing.objectStore('counter');
  const [places = 0, number = 0] = await Promise.all([counter.get(PLACES), counter.get(entry.device_id)]);
  if (places >= entry.n || number >= entry.number) {
    const is_kept = await isKept(writing, entry);
    await writing.done;
    return is_kept;
  }
  await Promise.all([
    writing.objectStore('entries').add(entry),
    counter.put(entry.n, PLACES),
    counter.put(entry.number, entry.device_id),
    ...(answers ? [writing.objectStore('held').delete(answers)] : []),
    writing.done,
  ]);
  return true;
}

/** Whether it was this entry that took its place, also where it has been sent since: a lost connection may hide that it was written. */
async function isKept(
  writing: IDBPTransaction<Outbox, ('entries' | 'counter' | 'held' | 'sent')[], 'readwrite'>,
  { n, entry_id }: Kept,
): Promise<boolean> {
  const here = await writing.objectStore('entries').get(n);
  if (here) return here.entry_id === entry_id;
  if (await writing.objectStore('held').get(entry_id)) return true;
  let batch = await writing.objectStore('sent').openCursor(null, 'prev');
  for (; batch; batch = await batch.continue()) {
    const sent = batch.value.entries.find((one) => one.n === n);
    if (sent) return sent.entry_id === entry_id;
  }
  return false;
}
