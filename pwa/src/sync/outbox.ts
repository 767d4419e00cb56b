/** The outbox: its own database, version 1 for ever, every write with strict durability. */
import type { DBSchema, IDBPDatabase, IDBPObjectStore, StoreNames } from 'idb';
import type { Held, Settled, Span, Waiting } from './contract.ts';
import { type Counter, nextPlace, pairedAnew, placesOf, runs } from './numbers.ts';
import { dropProjection } from './projection.ts';
import { Storage } from './storage.ts';

/**
 * An entry as it was saved: the envelope without its body as JSON text, and the body's bytes. Neither ever changes.
 * `n` is its place here; the number that the server counts stands in the envelope.
 */
export type Kept = Waiting & { staff_id: string; envelope: string; body: Uint8Array<ArrayBuffer> };
export type KeptHeld = Kept & Omit<Held, keyof Waiting> & { held_at: number };
export type KeptSent = Kept & Settled & { sent_at: number; heads: Record<string, number>; epoch: string };

/** What one batch's verdicts took out of the outbox: a record a batch, for a record an entry costs more than all else of a flush. */
type SentBatch = Pick<KeptSent, 'sent_at' | 'heads' | 'epoch'> & { entries: (Kept & Settled)[] };

interface Outbox extends DBSchema {
  entries: { key: number; value: Kept };
  held: { key: string; value: KeptHeld };
  sent: { key: number; value: SentBatch; indexes: { sent_at: number } };
  /** The last place, and the last one of earlier pairings. */
  counter: { key: 'n' | 'before'; value: number };
}

const STRICT = { durability: 'strict' } as const;
/** In the sent ring and in the tray; not among what was sent. */
const HELD = 'held';
const SENT_FOR_MS = 7 * 24 * 60 * 60_000;

const outbox = new Storage<Outbox>('wardlight-outbox', 1, build, dropProjection);

function build(database: IDBPDatabase<Outbox>): void {
  database.createObjectStore('entries', { keyPath: 'n' });
  database.createObjectStore('held', { keyPath: 'entry_id' });
  database.createObjectStore('sent', { autoIncrement: true }).createIndex('sent_at', 'sent_at');
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
    const sent = batches.flatMap(({ entries, ...batch }) =>
      entries.filter(({ verdict }) => verdict !== HELD).map((one) => ({ ...one, ...batch })),
    );
    return { waiting, held, sent: sent.reverse(), last_sent_at: last?.key ?? null };
  });
}

/**
 * Takes the next place and keeps the entry in one strict transaction; resolves only when that is complete.
 * `build` seals the entry for a number; it is asked again when another tab took the number meanwhile.
 * `answers` takes a held entry out of the tray in the same transaction.
 */
export async function append(build: (n: number) => Promise<Kept>, answers?: string): Promise<Kept> {
  for (;;) {
    const { place, n } = nextPlace(await outbox.run(counted));
    const entry = { ...(await build(n)), n: place };
    if (await outbox.run((database) => put(database, entry, answers))) return entry;
  }
}

/**
 * Writes verdicts down: entries leave the outbox for the sent ring or the tray, all in one strict transaction. `kept` has each entry
 * as it was read from the outbox.
 */
export function settle(
  kept: ReadonlyMap<string, Kept>,
  sent: readonly Settled[],
  held: readonly Held[],
  { heads, epoch, sent_at }: Pick<SentBatch, 'heads' | 'epoch' | 'sent_at'>,
): Promise<void> {
  return outbox.run(async (database) => {
    const writing = database.transaction(['entries', 'held', 'sent'], 'readwrite', STRICT);
    const ring = writing.objectStore('sent');
    const leaving = [...sent, ...held].flatMap(({ entry_id }) => kept.get(entry_id)?.n ?? []);
    const taken = await takeOut(writing.objectStore('entries'), leaving);
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
    await Promise.all([
      ...(entries.length ? [ring.add({ sent_at, heads, epoch, entries })] : []),
      ...answers.map((one) => writing.objectStore('held').put({ ...one, held_at: sent_at })),
    ]);
    let old = await ring.index('sent_at').openCursor(IDBKeyRange.upperBound(sent_at - SENT_FOR_MS));
    for (; old; old = await old.continue()) await old.delete();
    await writing.done;
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
export type Again = { epoch: string } | { spans: readonly Span[] };

/**
 * Puts entries with an answer of the server back into the outbox, as they were, in one strict transaction; their ids. What it holds goes
 * with the rest, for its answer may be another one now.
 */
export function resend(again: Again): Promise<string[]> {
  return outbox.run(async (database) => {
    const writing = database.transaction(['entries', 'held', 'sent', 'counter'], 'readwrite', STRICT);
    const goes = goesAgain(again, (await writing.objectStore('counter').get('before')) ?? 0);
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

function goesAgain(again: Again, before: number): (entry: Kept, epoch: string) => boolean {
  if ('epoch' in again) return (_entry, epoch) => epoch !== again.epoch;
  const places = placesOf(again.spans, before);
  return ({ n }) => places.some(([first, last]) => first <= n && n <= last);
}

/** Counts from 1 again, for a tablet that was paired anew; what still waits keeps its place and its number. */
export function countAnew(): Promise<void> {
  return outbox.run(async (database) => {
    const writing = database.transaction(['counter'], 'readwrite', STRICT);
    const counter = writing.objectStore('counter');
    const { before } = pairedAnew({ places: (await counter.get('n')) ?? 0, before: 0 });
    await Promise.all([counter.put(before, 'before'), writing.done]);
  });
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

async function counted(database: IDBPDatabase<Outbox>): Promise<Counter> {
  const counter = database.transaction('counter').store;
  const [places = 0, before = 0] = await Promise.all([counter.get('n'), counter.get('before')]);
  return { places, before };
}

/** False when `n` is no longer the next place. True as well when an earlier try has written this very entry. */
async function put(database: IDBPDatabase<Outbox>, entry: Kept, answers?: string): Promise<boolean> {
  const writing = database.transaction(['entries', 'counter', 'held'], 'readwrite', STRICT);
  const entries = writing.objectStore('entries');
  const counter = writing.objectStore('counter');
  const [last = 0, same] = await Promise.all([counter.get('n'), entries.get(entry.n)]);
  if (last !== entry.n - 1) {
    await writing.done;
    return same?.entry_id === entry.entry_id;
  }
  const taken = answers ? [writing.objectStore('held').delete(answers)] : [];
  await Promise.all([entries.add(entry), counter.put(entry.n, 'n'), ...taken, writing.done]);
  return true;
}
