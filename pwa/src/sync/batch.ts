/** Which waiting entries may leave now, and in which batch: oldest first, a stay's order kept, dependants behind what they need. */
import type { Held, Now, Pushing, Waiting } from './contract.ts';

const MOST_ENTRIES = 500;
// 256 KiB less the wrapper around the entries.
const MOST_BYTES = 256 * 1024 - 256;

/** The ids of the next batch; empty when nothing may leave now. */
export function nextBatch(push: Pushing, now: Now): string[] {
  const only = push.suspects[0] && new Set(push.suspects[0]);
  let unsent: Set<string> | undefined;
  const isUnsent = (id: string) => {
    unsent ??= new Set(push.waiting.map((entry) => entry.entry_id));
    return unsent.has(id);
  };
  const chosen = new Set<string>();
  const stopped = new Set<string>();
  let bytes = 0;
  for (const entry of push.waiting) {
    const needs = entry.depends_on.some((id) => !chosen.has(id) && isUnsent(id));
    const waits = waitsUntil(push, entry) > now.mono_ms || (only && !only.has(entry.entry_id));
    if (needs || waits || (entry.stay_id && stopped.has(entry.stay_id))) {
      if (entry.stay_id) stopped.add(entry.stay_id);
      continue;
    }
    if (chosen.size === MOST_ENTRIES || (chosen.size > 0 && bytes + entry.bytes > MOST_BYTES)) break;
    chosen.add(entry.entry_id);
    bytes += entry.bytes + 1;
  }
  return [...chosen];
}

/** The ids of the batch after this one, should all of it be taken. */
export function following(push: Pushing, batch: readonly string[], now: Now): string[] {
  const gone = new Set(batch);
  const waiting = push.waiting.filter((entry) => !gone.has(entry.entry_id));
  return nextBatch({ ...push, waiting, suspects: without(push, batch) }, now);
}

/** `waiting` with more entries, each once, oldest first. */
export function inOrder(waiting: readonly Waiting[], more: readonly Waiting[]): Waiting[] {
  // As storage reads them.
  if (waiting.length === 0 && more.every((entry, at) => at === 0 || (more[at - 1] as Waiting).n < entry.n))
    return [...more];
  const byId = new Map([...waiting, ...more].map((entry) => [entry.entry_id, entry]));
  return [...byId.values()].sort((a, b) => a.n - b.n);
}

/** An entry that the server will not take, with all that need it: both stay here until a person answers. */
export function poisoned(push: Pushing, entry_id: string, detail: string): Held[] {
  const out = new Map<string, Held>();
  for (const entry of push.waiting) {
    const why = entry.entry_id === entry_id ? 'not_taken' : 'depends_on_held';
    const falls = why === 'not_taken' || entry.depends_on.some((id) => out.has(id));
    if (falls) out.set(entry.entry_id, { ...entry, reason: why, detail, local: true });
  }
  return [...out.values()];
}

/** Entries that need one which the server never took and which waits for an answer here: they wait with it. */
export function heldWith(push: Pushing): Held[] {
  const out = new Set(push.held.filter((entry) => entry.local).map((entry) => entry.entry_id));
  if (out.size === 0) return [];
  const falls = push.waiting.filter((entry) => {
    const fallen = entry.depends_on.some((id) => out.has(id));
    if (fallen) out.add(entry.entry_id);
    return fallen;
  });
  return falls.map((entry) => ({ ...entry, reason: 'depends_on_held', detail: '', local: true }));
}

/** A refused batch in two halves, before what was left of the part that it came from. */
export function split(push: Pushing, flight: readonly string[]): string[][] {
  const half = Math.ceil(flight.length / 2);
  return [[...flight.slice(0, half)], [...flight.slice(half)], ...without(push, flight)];
}

/** The suspects without those just sent; empty parts are gone. */
export function without(push: Pushing, flight: readonly string[]): string[][] {
  const gone = new Set(flight);
  return push.suspects.map((part) => part.filter((id) => !gone.has(id))).filter((part) => part.length > 0);
}

function waitsUntil(push: Pushing, entry: Waiting): number {
  return push.later[entry.stay_id ?? entry.entry_id] ?? Number.NEGATIVE_INFINITY;
}
