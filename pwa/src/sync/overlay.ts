/** What entries saved here will have done once the server knows them: computed again from the server's rows, never stored. */
import type { Entries, Rows as RowTypes } from '../schemas.ts';
import type { Cursor } from './contract.ts';
import type { RowReader, RowType } from './rows.ts';

export type EntryType = keyof Entries;

/** An entry as an optimistic rule sees it. */
export type Saved<T extends EntryType = EntryType> = {
  entry_id: string;
  type: T;
  body: Entries[T];
  staff_id: string;
  recorded_at: string;
};

/** One row as it will be; null: gone. */
export type Expected = { [T in RowType]: { type: T; id: string; row: RowTypes[T] | null } }[RowType];

/** What an entry will have done to the rows. Pure. */
export type Optimistic<T extends EntryType> = (entry: Saved<T>, store: RowReader) => readonly Expected[];
export type OptimisticRules = { readonly [T in EntryType]?: Optimistic<T> };

/** An entry whose effect is shown before the server's rows have it; `heads` once its verdict has come. */
export type Pending = { saved: Saved; heads?: Readonly<Record<string, number>>; epoch?: string };

export class Overlay {
  #rules: OptimisticRules = {};
  #pending = new Map<string, Pending>();
  #rows = new Map<string, unknown>();
  /** What the rules have made of the server's rows, to which one more entry can be added; null: all must be computed again. */
  #above: Above | null = null;

  /** Learns a slice's rules. */
  learn(rules: OptimisticRules): void {
    this.#rules = { ...this.#rules, ...rules };
    this.#above = null;
  }

  add(pending: readonly Pending[]): void {
    for (const one of pending) this.#pending.set(one.saved.entry_id, one);
    this.#above = null;
  }

  /** Adds an entry after all others without computing those again; the keys touched. Null: `base` is another one, compute all. */
  addLast(one: Pending): Set<string> | null {
    const above = this.#above;
    if (!above || this.#pending.has(one.saved.entry_id)) return null;
    this.#pending.set(one.saved.entry_id, one);
    return new Set(this.#apply(one, above, this.#rows, this.#rows));
  }

  replace(pending: readonly Pending[]): void {
    this.#above = null;
    this.#pending = new Map(pending.map((one) => [one.saved.entry_id, one]));
  }

  drop(entry_ids: readonly string[]): void {
    this.#above = null;
    for (const id of entry_ids) this.#pending.delete(id);
  }

  known(entry_ids: readonly string[], heads: Readonly<Record<string, number>>, epoch: string): void {
    for (const id of entry_ids) {
      const one = this.#pending.get(id);
      if (one) this.#pending.set(id, { ...one, heads, epoch });
    }
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  row(key: string): unknown {
    return this.#rows.get(key);
  }

  /** Lets go of entries whose verdict has come and whose feeds have reached the heads named with it. */
  settle(cursor: (feed: string) => Cursor | undefined): void {
    for (const [id, { heads, epoch }] of this.#pending) {
      if (!heads) continue;
      const behind = Object.entries(heads).some(([feed, head]) => {
        const at = cursor(feed);
        return at !== undefined && at[0] === epoch && at[1] < head;
      });
      if (!behind) this.#pending.delete(id);
    }
  }

  /** Computes the rows again over `base`, the server's rows of a type by id; the keys touched before or now. */
  recompute(base: (type: string) => ReadonlyMap<string, unknown>): Set<string> {
    const before = this.#rows;
    const after = new Map<string, unknown>();
    const above = new Above(base);
    for (const one of this.#pending.values()) this.#apply(one, above, before, after);
    this.#rows = after;
    this.#above = above;
    return new Set([...before.keys(), ...after.keys()]);
  }

  /** Puts what one entry will have done into `after`; a row that is the same as `before` stays the same object. The keys touched. */
  #apply(
    { saved }: Pending,
    above: Above,
    before: ReadonlyMap<string, unknown>,
    after: Map<string, unknown>,
  ): string[] {
    const rule = this.#rules[saved.type] as Optimistic<EntryType> | undefined;
    const touched: string[] = [];
    for (const { type, id, row } of rule?.(saved, above) ?? []) {
      // What the entry made is there: the server's word is better than ours.
      if (id === saved.entry_id && above.isServers(type, id)) continue;
      const key = `${type}/${id}`;
      const old = before.get(key);
      const kept = same(old, row) ? old : row;
      after.set(key, kept);
      above.put(type, id, kept);
      touched.push(key);
    }
    return touched;
  }
}

/** The server's rows with what the rules have made of them so far; a type is copied when it is first written to. */
class Above implements RowReader {
  readonly #base: (type: string) => ReadonlyMap<string, unknown>;
  readonly #copies = new Map<string, Map<string, unknown>>();

  constructor(base: (type: string) => ReadonlyMap<string, unknown>) {
    this.#base = base;
  }

  /** Whether the server has this row. */
  isServers(type: string, id: string): boolean {
    return this.#base(type).has(id);
  }

  put(type: string, id: string, row: unknown): void {
    const copy = this.#copies.get(type) ?? new Map(this.#base(type));
    this.#copies.set(type, copy);
    if (row === null) copy.delete(id);
    else copy.set(id, row);
  }

  row<T extends RowType>(type: T, id: string): RowTypes[T] | undefined {
    return this.#of(type).get(id) as RowTypes[T] | undefined;
  }

  rows<T extends RowType>(type: T): readonly RowTypes[T][] {
    return [...this.#of(type).values()] as RowTypes[T][];
  }

  #of(type: string): ReadonlyMap<string, unknown> {
    return this.#copies.get(type) ?? this.#base(type);
  }
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && JSON.stringify(a) === JSON.stringify(b));
}
