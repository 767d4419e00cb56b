/** What a script may do in a tab without a screen: all of it is the app's own. */
import { openDB } from 'idb';
import { entryVersion } from '../../schemas.ts';
import { macOf } from '../mac.ts';
import { currentSession, thisDevice } from '../people.svelte.ts';
import { keptOf } from '../save.ts';
import { newId } from '../seed.ts';

export { keepDraft, readDraft } from '../../vitals/drafts.ts';
export { startTablet } from '../browser.ts';
export { flush } from '../flush.ts';
export { readOutbox } from '../outbox.ts';
export { thisDevice } from '../people.svelte.ts';
export { readProjection } from '../projection.ts';
export { save } from '../save.ts';
export { logIn, pair } from '../sign_in.ts';
export { syncState } from '../store.svelte.ts';

/** Puts many notes into the outbox at once, as if each had been saved: only the transactions are fewer. */
export async function fill(count: number, stay_id: string): Promise<void> {
  const session = currentSession();
  const device = thisDevice();
  if (!session || !device) throw new Error('Nobody is signed in.');
  const database = await openDB('wardlight-outbox');
  const { device_id } = device;
  const places: number = (await database.get('counter', 'places')) ?? 0;
  const before: number = (await database.get('counter', device_id)) ?? 0;
  const { session_id, staff_id, key } = session;
  const type = 'note_written';
  const kept = [];
  for (let n = before + 1; n <= before + count; n += 1) {
    const recorded_at = new Date().toISOString();
    const said = {
      observed_at: recorded_at,
      clock_offset_ms: 0,
      clock_quality: 'fresh',
      stay_id,
      note: `${n}`,
    };
    const unsealed = {
      ...{ entry_id: newId(), device_id, n, type, v: entryVersion[type], session_id },
      ...{ recorded_at, depends_on: [], body: JSON.stringify(said) },
    };
    kept.push(keptOf(unsealed, await macOf(key, unsealed), staff_id, places + kept.length + 1));
  }
  const writing = database.transaction(['entries', 'counter'], 'readwrite', { durability: 'strict' });
  for (const entry of kept) void writing.objectStore('entries').add(entry);
  void writing.objectStore('counter').put(places + count, 'places');
  void writing.objectStore('counter').put(before + count, device_id);
  await writing.done;
  database.close();
}
