/** A person's answers to entries in the tray. Each is an entry itself, but for sending again what the server never took. */
import { go } from '../app/router.svelte';
import { href } from '../app/routes';
import { beginAnew } from './anew';
import { hear, readOutboxAgain } from './browser';
import { hintOthers } from './hints';
import { sayReplaced } from './keep.svelte';
import { type KeptHeld, sendAgain } from './outbox';
import { factsOf, savedOf } from './pending';
import { type Fields, save } from './save';

/** A held entry that is answered; `local`: the server never took it. */
export type Answered = { entry_id: string; local: boolean };

/** Sends once more, unchanged, what the server never took. */
export async function tryAgain({ entry_id }: Answered): Promise<void> {
  await sendAgain(entry_id);
  await readOutboxAgain();
  hear({ event: 'asked' });
  hintOthers({ hint: 'outbox' });
}

/** Sends the same facts under today's log-in and a new number; the server is told what took the old entry's place. */
export async function sendAsMe(held: KeptHeld): Promise<void> {
  const { type, fields, depends_on } = factsOf(held);
  const entry_id = await save(type, fields as Fields<typeof type>, { answers: held.entry_id, depends_on });
  await sayReplaced(held, entry_id);
  await readOutboxAgain();
}

/** Leads to where it is written; until something is saved there, the entry stays in the tray. */
export function writeAnew(held: KeptHeld): void {
  const { entry_id, stay_id, local } = held;
  const { type } = savedOf(held);
  beginAnew({ entry_id, type, stay_id, local }, Date.now());
  const patient = stay_id ? href('/patients/:stay_id', { stay_id }) : '#/';
  go(type === 'vital_signs_charted' && stay_id ? href('/patients/:stay_id/chart', { stay_id }) : patient);
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
