/** The hands of a flush, for a tab and for the service worker: the lock, the post, and the verdicts into storage. */
import type { Event, Held, Settled } from './contract.ts';
import { ask, now } from './http.ts';
import { type Kept, readOutbox, settle } from './outbox.ts';
import type { Hands } from './runner.ts';

export const FLUSH_LOCK = 'wardlight.flush';

/** What another tab should know of verdicts that have been written down. */
export type Verdicts = {
  sent: readonly Settled[];
  held: readonly Held[];
  heads: Readonly<Record<string, number>>;
  epoch: string;
};

/** Makes the hands; `hear` takes the events back to the core, `onVerdicts` runs once storage has them. */
export function flushHands(
  hear: (event: Event) => void,
  onVerdicts: (verdicts: Verdicts) => void,
  onEnd: () => void = () => {},
): Pick<Required<Hands>, 'take_flush' | 'drop_flush' | 'post' | 'settle'> {
  let release = () => {};
  let kept = new Map<string, Kept>();
  /** An entry saved after the lock was taken is in storage, not yet in our hands. */
  const have = async (ids: readonly string[]) => {
    if (ids.some((id) => !kept.has(id))) kept = byId((await readOutbox()).waiting);
  };
  return {
    take_flush: () => {
      const held = async () => {
        const { waiting } = await readOutbox();
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
      release();
      onEnd();
    },
    post: async ({ entry_ids, outbox_depth, max_n }) => {
      // Storage that can not be read must not leave the flush, and its lock, waiting for ever.
      await have(entry_ids).catch(() => {});
      const entries = entry_ids.flatMap((id) => kept.get(id) ?? []);
      if (entries.length < entry_ids.length) {
        hear({ event: 'push_reply', status: 0, sent_at: now() });
        return;
      }
      const texts = entries.map(sentText).join(',');
      const body = `{"outbox_depth":${outbox_depth},"max_n":${max_n},"entries":[${texts}]}`;
      hear({ event: 'push_reply', ...(await ask('/api/sync/entries', 'POST', body)) });
    },
    settle: async ({ sent, held, heads, epoch }) => {
      try {
        const ids = [...sent, ...held].map((one) => one.entry_id);
        await have(ids);
        await settle(kept, sent, held, { heads: { ...heads }, epoch, sent_at: now().wall_ms });
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

/** The entry's JSON as it is sent: the envelope as it was saved, the body as a string. */
export function sentText({ envelope, body }: Pick<Kept, 'envelope' | 'body'>): string {
  return `${envelope.slice(0, -1)},"body":${JSON.stringify(new TextDecoder().decode(body))}}`;
}

function byId(entries: readonly Kept[]): Map<string, Kept> {
  return new Map(entries.map((entry) => [entry.entry_id, entry]));
}
