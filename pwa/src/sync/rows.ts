/** The one store of rows in memory: the server's rows, and over them what was saved here and is not known there yet. */
import type { Rows as RowTypes } from '../schemas.ts';
import type { Change, Cursor, SnapshotRow } from './contract.ts';
import { Overlay, type Pending } from './overlay.ts';
import { applyChanges, type Rows } from './replica.ts';

export type RowType = keyof RowTypes;
type Listener = () => void;
type Shelf = { cursor: Cursor; rows: Rows };

const NOTHING: readonly never[] = [];
const NO_ROWS: ReadonlyMap<string, unknown> = new Map();

/** Reads rows as a screen sees them. */
export interface RowReader {
  row<T extends RowType>(type: T, id: string): RowTypes[T] | undefined;
  rows<T extends RowType>(type: T): readonly RowTypes[T][];
}

export class RowStore implements RowReader {
  readonly overlay = new Overlay();
  readonly #shelves = new Map<string, Shelf>();
  /** The server's rows by type and id, whatever feed they came by. */
  readonly #base = new Map<string, Map<string, unknown>>();
  readonly #seen = new Map<string, Map<string, unknown>>();
  readonly #lists = new Map<string, readonly unknown[]>();
  readonly #listeners = new Map<string, Set<Listener>>();

  /** A row by its id; the same object as long as the row is the same. */
  row<T extends RowType>(type: T, id: string): RowTypes[T] | undefined {
    return this.#seen.get(type)?.get(id) as RowTypes[T] | undefined;
  }

  /** All rows of a type; the same list as long as none of them changed. */
  rows<T extends RowType>(type: T): readonly RowTypes[T][] {
    let list = this.#lists.get(type);
    if (!list) {
      list = [...(this.#seen.get(type)?.values() ?? NOTHING)];
      this.#lists.set(type, list);
    }
    return list as readonly RowTypes[T][];
  }

  /** Tells `listener` when a row of the type comes, changes or goes; returns how to stop. */
  listen(type: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  cursor(feed: string): Cursor | undefined {
    return this.#shelves.get(feed)?.cursor;
  }

  /** The server's rows of a feed, without the overlay. */
  feedRows(feed: string): Rows {
    return this.#shelves.get(feed)?.rows ?? new Map();
  }

  /** Applies changes that begin right after the cursor; false, and nothing done, when they do not. */
  apply(feed: string, epoch: string, changes: readonly Change[]): boolean {
    const shelf = this.#shelves.get(feed);
    const first = changes[0];
    if (!shelf || !first || shelf.cursor[0] !== epoch || first.seq !== shelf.cursor[1] + 1) return false;
    const touched = applyChanges(shelf.rows, changes);
    shelf.cursor = [epoch, shelf.cursor[1] + changes.length];
    this.#refresh(touched.keys());
    return true;
  }

  /** Puts a feed's rows in the place of what was there; a row of the same version stays the same object. */
  replace(feed: string, cursor: Cursor, rows: Rows): void {
    const shelf = this.#shelves.get(feed);
    const before = shelf?.rows ?? new Map<string, SnapshotRow>();
    // Another epoch counts versions anew: the same number may be another row.
    const same = shelf?.cursor[0] === cursor[0];
    for (const [key, row] of rows) {
      const old = before.get(key);
      if (same && old && old.version === row.version) rows.set(key, old);
    }
    this.#shelves.set(feed, { cursor, rows });
    this.#refresh(new Set([...before.keys(), ...rows.keys()]));
  }

  /** Shows rows of a snapshot that is still being read; the cursor does not move. */
  show(feed: string, rows: readonly SnapshotRow[]): void {
    const shelf = this.#shelves.get(feed) ?? { cursor: ['', 0] as const, rows: new Map() };
    this.#shelves.set(feed, shelf);
    const changes = rows.map((row) => ({ seq: 0, ...row }));
    this.#refresh(applyChanges(shelf.rows, changes).keys());
  }

  forget(feed: string): void {
    const keys = [...this.feedRows(feed).keys()];
    this.#shelves.delete(feed);
    this.#refresh(keys);
  }

  /** Takes over what storage has elsewhere than here; `anew`: a feed that was read anew, maybe at the same cursor, or left. */
  takeOver(feeds: ReadonlyMap<string, { cursor: Cursor; rows: Rows }>, anew?: string): void {
    for (const [feed, { cursor, rows }] of feeds) {
      const at = this.cursor(feed);
      if (feed === anew || at?.[0] !== cursor[0] || at[1] !== cursor[1]) this.replace(feed, cursor, rows);
    }
    if (anew !== undefined && !feeds.has(anew)) this.forget(anew);
  }

  /** Shows an entry before the server knows it. */
  expect(pending: readonly Pending[]): void {
    const [only] = pending;
    const touched = only && pending.length === 1 ? this.overlay.addLast(only) : null;
    // With thousands waiting, one more must not cost a look at each of them.
    if (touched) {
      this.#show(touched);
      return;
    }
    this.overlay.add(pending);
    this.#refresh([]);
  }

  /** The entries of the overlay are exactly these from now on. */
  expectOnly(pending: readonly Pending[]): void {
    this.overlay.replace(pending);
    this.#refresh([]);
  }

  /** Verdicts came: held entries leave the overlay, others when the feeds have reached `heads`. */
  answered(
    sent: readonly string[],
    held: readonly string[],
    heads: Readonly<Record<string, number>>,
    epoch: string,
  ): void {
    this.overlay.drop(held);
    this.overlay.known(sent, heads, epoch);
    this.#refresh([]);
  }

  /** The version of a row as the server has it; undefined where only this tablet knows the row. */
  version(type: RowType, id: string): number | undefined {
    for (const shelf of this.#shelves.values()) {
      const row = shelf.rows.get(`${type}/${id}`);
      if (row) return row.version;
    }
    return undefined;
  }

  /** Whether what is shown of this row is not known to the server yet. */
  isPending(type: RowType, id: string): boolean {
    return this.overlay.has(`${type}/${id}`);
  }

  /** Brings what screens see up to date for these keys and for all that the overlay touches; tells who listens. */
  #refresh(touched: Iterable<string>): void {
    const keys = new Set(touched);
    for (const key of keys) set(this.#base, key, this.#server(key));
    this.overlay.settle((feed) => this.cursor(feed));
    for (const key of this.overlay.recompute((type) => this.#base.get(type) ?? NO_ROWS)) keys.add(key);
    this.#show(keys);
  }

  #show(keys: Iterable<string>): void {
    const changed = new Set<string>();
    for (const key of keys) {
      const shown = this.overlay.has(key) ? this.overlay.row(key) : this.#server(key);
      if (set(this.#seen, key, shown)) changed.add(key.slice(0, key.indexOf('/')));
    }
    for (const type of changed) this.#lists.delete(type);
    for (const type of changed) for (const listener of this.#listeners.get(type) ?? []) listener();
  }

  #server(key: string): unknown {
    for (const shelf of this.#shelves.values()) {
      const row = shelf.rows.get(key);
      if (row) return row.row;
    }
    return undefined;
  }
}

/** Puts a row under its key, or takes it away; whether that changed anything. */
function set(shelves: Map<string, Map<string, unknown>>, key: string, row: unknown): boolean {
  const at = key.indexOf('/');
  const [type, id] = [key.slice(0, at), key.slice(at + 1)];
  const shelf = shelves.get(type) ?? new Map<string, unknown>();
  shelves.set(type, shelf);
  if (shelf.get(id) === (row ?? undefined)) return false;
  if (row === undefined || row === null) shelf.delete(id);
  else shelf.set(id, row);
  return true;
}
