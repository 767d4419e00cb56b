/** What tabs and the service worker tell each other: hints only, storage is the truth. */
import type { Change } from './contract.ts';
import type { Connection } from './summary.ts';

export type Hint =
  | { hint: 'outbox' }
  | { hint: 'feed'; feed: string; epoch: string; changes: readonly Change[] | null }
  | { hint: 'people' }
  | { hint: 'connection'; connection: Connection };

const CHANNEL = 'wardlight';

let channel: BroadcastChannel | undefined;

/** Tells every other tab. */
export function hintOthers(hint: Hint): void {
  open().postMessage(hint);
}

/** Hears what other tabs tell. */
export function onHint(hear: (hint: Hint) => void): void {
  open().addEventListener('message', (event: MessageEvent<Hint>) => hear(event.data));
}

function open(): BroadcastChannel {
  channel ??= new BroadcastChannel(CHANNEL);
  return channel;
}
