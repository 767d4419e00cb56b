/** The hands of a flush, for a tab and for the service worker: the lock, the post, and the verdicts into storage. */
import type { Action, Event, Held, Reply, Settled } from './contract.ts';
import { ask, now } from './http.ts';
import { type Kept, lastNumber, readWaiting, settle } from './outbox.ts';
import { type Body, packing } from './packing.ts';
import type { Hands } from './runner.ts';

export const FLUSH_LOCK = 'wardlight.flush';

/** What another tab should know of verdicts that have been written down. */
export type Verdicts = {
  sent: readonly Settled[];
  held: readonly Held[];
  heads: Readonly<Record<string, number>>;
  epoch: string;
};

/** Entries in their JSON, packed but for how many wait, which is said last. */
type Batch = { ids: readonly string[]; closed: (ending: string) => Promise<Body> };

type Post = Extract<Action, { action: 'post' }>;

/** Makes the hands; `hear` takes the events back to the core, `onVerdicts` runs once storage has them, `device_id` is who sends, `read` what was read of the outbox already. */
export function flushHands(
  hear: (event: Event) => void,
  onVerdicts: (verdicts: Verdicts) => void,
  device_id: () => string,
  read: readonly Kept[] = [],
): Pick<Required<Hands>, 'take_flush' | 'drop_flush' | 'post' | 'settle'> {
  let release = () => {};
  let kept = byId(read);
  /** The batch that is likely to be the next, made ready while one is on the wire. */
  let ready: Batch | null = null;
  /** An entry saved after the lock was taken is in storage, not yet in our hands. */
  const have = async (ids: readonly string[]) => {
    if (ids.some((id) => !kept.has(id))) kept = byId(await readWaiting(kept.values()));
  };
  const batchOf = (ids: readonly string[]): Batch => {
    const texts = ids.map((id) => kept.get(id)?.text);
    return { ids, closed: packing(`{"entries":[${texts.join(',')}]`) };
  };
  const post = async ({ entry_ids, next, outbox_depth }: Post): Promise<Reply> => {
    const [max_n] = await Promise.all([lastNumber(device_id()), have(entry_ids)]);
    if (!entry_ids.every((id) => kept.has(id))) throw new Error('An entry that waits is not in the outbox.');
    const batch = ready && isSame(ready.ids, entry_ids) ? ready : batchOf(entry_ids);
    const body = await batch.closed(`,"outbox_depth":${outbox_depth},"max_n":${max_n}}`);
    const answer = ask('/api/sync/entries', 'POST', body);
    ready = next.length > 0 && next.every((id) => kept.has(id)) ? batchOf(next) : null;
    return answer;
  };
  return {
    take_flush: () => {
      const held = async () => {
        const waiting = await readWaiting(kept.values());
        kept = byId(waiting);
        const released = new Promise<void>((resolve) => {
          release = resolve;
        });
        hear({ event: 'flush_gained', waiting: waiting.map(forCore) });
        await released;
      };
      navigator.locks.request(FLUSH_LOCK, held).catch(() => hear({ event: 'flush_refused' }));
    },
    drop_flush: () => {
      ready = null;
      release();
    },
    post: async (asked) => {
      // What can not be read or packed must not leave the flush, and its lock, waiting for ever.
      const reply = await post(asked).catch(() => ({ status: 0, sent_at: now() }));
      if (reply.status === 0) ready = null;
      hear({ event: 'push_reply', ...reply });
    },
    settle: async ({ sent, held, heads, epoch, server_ms }) => {
      try {
        const ids = [...sent, ...held].map((one) => one.entry_id);
        await have(ids);
        await settle(kept, sent, held, { heads: { ...heads }, epoch, server_ms, sent_at: now().wall_ms });
        for (const id of ids) kept.delete(id);
      } catch {
        hear({ event: 'settle_failed' });
        return;
      }
      onVerdicts({ sent, held, heads, epoch });
      hear({ event: 'settled' });
    },
  };
}

/** What the core is told of a kept entry. */
export function forCore({ entry_id, n, stay_id, depends_on, bytes }: Kept) {
  return { entry_id, n, stay_id, depends_on, bytes };
}

function isSame(ids: readonly string[], others: readonly string[]): boolean {
  return ids.length === others.length && ids.every((id, place) => id === others[place]);
}

function byId(entries: readonly Kept[]): Map<string, Kept> {
  return new Map(entries.map((entry) => [entry.entry_id, entry]));
}
