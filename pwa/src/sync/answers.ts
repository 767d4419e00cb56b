/** A person's answers to entries in the tray. Each is an entry itself, but for sending again what the server never took. */
import { hear, readOutboxAgain } from './browser';
import { hintOthers } from './hints';
import { sendAgain } from './outbox';
import { save } from './save';

/** A held entry that is answered; `local`: the server never took it. */
export type Answered = { entry_id: string; local: boolean };

/** Sends once more, unchanged, what the server never took. */
export async function tryAgain({ entry_id }: Answered): Promise<void> {
  await sendAgain(entry_id);
  await readOutboxAgain();
  hear({ event: 'asked' });
  hintOthers({ hint: 'outbox' });
}

/** Asks the server to apply it now: what stood against it is gone. */
export function reapply(held: Answered): Promise<void> {
  return resolve(held, { resolution: 'reapplied' });
}

/** Leaves it to the person in charge. */
export function handOver(held: Answered): Promise<void> {
  return resolve(held, { resolution: 'handed_over' });
}

/** Says that it is not wanted, and why. The server keeps it all the same. */
export function discard(held: Answered, reason: string): Promise<void> {
  return resolve(held, { resolution: 'discarded', reason });
}

async function resolve(
  { entry_id }: Answered,
  answer: { resolution: 'reapplied' | 'handed_over' | 'discarded'; reason?: string },
): Promise<void> {
  await save('held_entry_resolved', { held_entry_id: entry_id, ...answer }, { answers: entry_id });
  await readOutboxAgain();
}
