/** Compares the rows in memory with a sum that the server told, when nothing else is to be done. */
import { checksum } from './checksum.ts';
import type { Action, Event } from './contract.ts';
import type { RowStore } from './rows.ts';

type Compare = Extract<Action, { action: 'compare' }>;

/** Makes the hand; only a difference is told. What was found equal once is not summed again while its cursor stands. */
export function compareHand(
  store: Pick<RowStore, 'cursor' | 'feedRows'>,
  hear: (event: Event) => void,
): (compare: Compare) => Promise<void> {
  const equal = new Map<string, string>();
  const busy = new Set<string>();
  return async ({ feed, epoch, seq, sum }) => {
    const where = `${epoch} ${seq} ${sum}`;
    const stands = () => {
      const cursor = store.cursor(feed);
      return cursor?.[0] === epoch && cursor[1] === seq;
    };
    if (busy.has(feed) || !stands() || equal.get(feed) === where) return;
    busy.add(feed);
    const ours = await checksum(store.feedRows(feed).values(), stands).finally(() => busy.delete(feed));
    if (ours === sum) equal.set(feed, where);
    else if (ours !== null) hear({ event: 'diverged', feed, epoch, seq });
  };
}
