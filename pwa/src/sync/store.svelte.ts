/** Rows and sync state for screens: read in a template, they follow live. */
import { createSubscriber } from 'svelte/reactivity';
import type { Rows } from '../schemas.ts';
import { RowStore, type RowType } from './rows.ts';
import type { Summary } from './summary.ts';

/** The one store. Screens read it by `rows` and `row`; only the sync runner writes it. */
export const store = new RowStore();

const NOT_YET: Summary = {
  waiting: 0,
  held: 0,
  sending: false,
  resending: 0,
  connection: 'trying',
  last_sent_at: null,
  next_try_at: null,
  clock_offset_ms: 0,
  clock_quality: 'unknown',
};

let standing = $state.raw<Summary>(NOT_YET);
let ready = $state(false);
let heard_at = $state<number | null>(null);

const subscribers = new Map<string, () => void>();

/** All rows of a type, `rows('task')`: the same list, with the same objects, as long as none of them changed. */
export function rows<T extends RowType>(type: T): readonly Rows[T][] {
  follow(type);
  return store.rows(type);
}

/** One row by its id. */
export function row<T extends RowType>(type: T, id: string | null | undefined): Rows[T] | undefined {
  follow(type);
  return id ? store.row(type, id) : undefined;
}

/** The server's version of a row that is shown: the `base_version` of what is decided about it. */
export function versionOf(type: RowType, id: string): number | undefined {
  return store.version(type, id);
}

/** Whether what is shown of this row is saved on this tablet only. */
export function isPending(type: RowType, id: string): boolean {
  follow(type);
  return store.isPending(type, id);
}

/** `ready`: the rows of this tablet have been read; before it a screen shows a skeleton, never an empty list. */
export function feedState(): { ready: boolean; heard_at: number | null } {
  return { ready, heard_at };
}

/** How this tablet stands with the server. */
export function syncState(): Summary {
  return standing;
}

/** For the runner: what the screens are told. */
export function tell(next: Partial<{ standing: Summary; ready: boolean; heard_at: number }>): void {
  if (next.standing && JSON.stringify(next.standing) !== JSON.stringify(standing)) standing = next.standing;
  if (next.ready !== undefined) ready = next.ready;
  if (next.heard_at !== undefined) heard_at = next.heard_at;
}

function follow(type: string): void {
  let subscribe = subscribers.get(type);
  if (!subscribe) {
    subscribe = createSubscriber((update) => store.listen(type, update));
    subscribers.set(type, subscribe);
  }
  subscribe();
}
