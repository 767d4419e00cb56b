/** Saves what a person recorded: one strict transaction, then it is safe on this tablet. */
import { isTabOfIpad } from '../app/device.svelte.ts';
import { type Entries, entryVersion } from '../schemas.ts';
import { clockNow, hear } from './browser.ts';
import { forCore } from './flushing.ts';
import { hintOthers } from './hints.ts';
import { macOf, type Unsealed } from './mac.ts';
import { append, type Kept } from './outbox.ts';
import type { EntryType } from './overlay.ts';
import { savedOf, shifted } from './pending.ts';
import { currentSession, thisDevice } from './people.svelte.ts';
import { newId } from './seed.ts';
import { store, syncState } from './store.svelte.ts';

/** Without a network the entry would wait in a place that an iPad clears by itself. */
export class NotInstalled extends Error {}

/** The fields that `save` fills in where the screen does not; `observed_at` by the app's clock, which is the server's. */
type Stamped = 'observed_at' | 'clock_offset_ms' | 'clock_quality' | 'seen';
export type Fields<T extends EntryType> = Omit<Entries[T], Stamped> & Partial<Pick<Entries[T], Stamped>>;

export type SaveOptions = {
  /** The id of the entry, where the screen needs to know it beforehand. */
  entry_id?: string;
  depends_on?: readonly string[];
  /** The held entry that this one answers: it leaves the tray in the same transaction. */
  answers?: string;
};

/**
 * Saves an entry by the person whose turn it is, and returns its id. It resolves when the entry is durable on this tablet, network or
 * not; until then the form stays. It rejects when nobody is signed in or the device can not keep it: then nothing was saved.
 */
export async function save<T extends EntryType>(
  type: T,
  fields: Fields<T>,
  { entry_id = newId(), depends_on = [], answers }: SaveOptions = {},
): Promise<string> {
  const session = currentSession();
  const device = thisDevice();
  if (!session || !device) throw new Error('Nobody is signed in on this tablet.');
  if (isTabOfIpad() && syncState().connection !== 'connected') throw new NotInstalled();
  const recorded_at = new Date().toISOString();
  const cursor = store.cursor(`unit:${device.unit_id}`);
  const seen = cursor?.[0] ? { feed: `unit:${device.unit_id}`, epoch: cursor[0], seq: cursor[1] } : undefined;
  const clock = clockNow();
  // An entry carries its device's own clock and the offset; the server corrects both instants alike.
  const observed_at = fields.observed_at ? shifted(fields.observed_at, -clock.clock_offset_ms) : recorded_at;
  const body = JSON.stringify({ ...clock, ...(seen ? { seen } : {}), ...fields, observed_at });
  const { device_id } = device;
  const { session_id, staff_id } = session;
  const v = entryVersion[type];
  const seal = async (place: number, n: number): Promise<Kept> => {
    const unsealed = { entry_id, device_id, n, type, v, session_id, recorded_at, depends_on, body };
    return keptOf(unsealed, await macOf(session.key, unsealed), staff_id, place);
  };
  const kept = await append(device_id, seal, answers);
  store.expect([{ saved: savedOf(kept) }]);
  if (answers) hear({ event: 'answered', entry_id: answers });
  hear({ event: 'saved', waiting: forCore(kept) });
  hintOthers({ hint: 'outbox' });
  askForBackgroundSync();
  return entry_id;
}

/** An entry as the outbox keeps it, at its place there. */
export function keptOf(entry: Unsealed, mac: string, staff_id: string, place: number): Kept {
  const { body, depends_on, ...rest } = entry;
  const text = JSON.stringify({ ...rest, mac, ...(depends_on.length ? { depends_on } : {}), body });
  const stay_id = (JSON.parse(body) as { stay_id?: string }).stay_id ?? null;
  return {
    entry_id: entry.entry_id,
    n: place,
    stay_id,
    depends_on,
    bytes: new TextEncoder().encode(text).length,
    staff_id,
    device_id: entry.device_id,
    number: entry.n,
    text,
  };
}

/** An extra where there is one: the outbox is flushed even when every tab is closed. Never the guarantee. */
function askForBackgroundSync(): void {
  type Registration = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };
  void navigator.serviceWorker
    ?.getRegistration()
    .then((registration) => (registration as Registration | undefined)?.sync?.register('flush'))
    .catch(() => {});
}
