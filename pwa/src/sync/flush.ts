/** What the service worker calls when the network returns: one pass over the outbox, in the place of a tab. */
import { readDevice } from './device_storage.ts';
import { flushHands, forCore } from './flushing.ts';
import { hintOthers } from './hints.ts';
import { now } from './http.ts';
import { readOutbox } from './outbox.ts';
import { atRest } from './push.ts';
import { Runner } from './runner.ts';
import { seed } from './seed.ts';

/** Posts what waits in the outbox, once; rejects when something must be tried again. */
export async function flush(): Promise<void> {
  const [{ device, offset_ms }, { waiting, held, last_sent_at }] = await Promise.all([
    readDevice(),
    readOutbox(),
  ]);
  if (!device || waiting.length === 0) return;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const hands = flushHands(
    (event) => runner.hear(event),
    () => hintOthers({ hint: 'outbox' }),
    () => device.device_id,
    waiting,
  );
  const runner = new Runner(seed(), hands, now, ({ push }) => {
    if (atRest(push)) end();
  });
  runner.hear({
    event: 'started',
    device,
    sessions: [],
    waiting: waiting.map(forCore),
    held,
    last_sent_at,
    offset_ms,
  });
  await ended;
  if (runner.state.push.waiting.length > 0) throw new Error('Some entries still wait.');
}
