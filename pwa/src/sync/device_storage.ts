/** What this tablet is and who is signed in on it: a database apart, so that neither survives or dies with the rows. */
import type { DBSchema } from 'idb';
import type { Device, Session } from './contract.ts';
import { Storage } from './storage.ts';

/** A session with its key: the browser computes with it and never gives it out. */
export type KeptSession = Session & { key: CryptoKey; expires_at: string; opened_at: number };

/** `current`: whose turn it is, null when locked. `offset_ms`: the last known offset of the server's clock. */
export type Remembered = { current: string | null; offset_ms: number | null };

interface DeviceStorage extends DBSchema {
  device: { key: 'me'; value: Device };
  sessions: { key: string; value: KeptSession };
  settings: { key: keyof Remembered; value: string | number | null };
}

const STRICT = { durability: 'strict' } as const;

const storage = new Storage<DeviceStorage>('wardlight-device', 1, (database) => {
  database.createObjectStore('device');
  database.createObjectStore('sessions', { keyPath: 'session_id' });
  database.createObjectStore('settings');
});

/** Everything there is to know at a start. */
export function readDevice(): Promise<{ device: Device | null; sessions: KeptSession[] } & Remembered> {
  return storage.run(async (database) => {
    const reading = database.transaction(['device', 'sessions', 'settings']);
    const [device, sessions, current, offset_ms] = await Promise.all([
      reading.objectStore('device').get('me'),
      reading.objectStore('sessions').getAll(),
      reading.objectStore('settings').get('current'),
      reading.objectStore('settings').get('offset_ms'),
    ]);
    return {
      device: device ?? null,
      sessions,
      current: typeof current === 'string' ? current : null,
      offset_ms: typeof offset_ms === 'number' ? offset_ms : null,
    };
  });
}

export function keepDevice(device: Device): Promise<void> {
  return storage.run(async (database) => {
    const writing = database.transaction('device', 'readwrite', STRICT);
    await Promise.all([writing.store.put(device, 'me'), writing.done]);
  });
}

/** Keeps a session and makes it current, in one transaction. */
export function keepSession(session: KeptSession): Promise<void> {
  return storage.run(async (database) => {
    const writing = database.transaction(['sessions', 'settings'], 'readwrite', STRICT);
    await Promise.all([
      writing.objectStore('sessions').put(session),
      writing.objectStore('settings').put(session.session_id, 'current'),
      writing.done,
    ]);
  });
}

/** Forgets a session and its key; entries that were signed with it stay signed. */
export function dropSession(session_id: string): Promise<void> {
  return storage.run(async (database) => {
    const writing = database.transaction(['sessions'], 'readwrite', STRICT);
    await Promise.all([writing.objectStore('sessions').delete(session_id), writing.done]);
  });
}

export function remember<K extends keyof Remembered>(what: K, value: Remembered[K]): Promise<void> {
  return storage.run(async (database) => {
    await database.put('settings', value, what);
  });
}
