/** Pairing a tablet, and people coming and going on it. The server checks the PIN; the key that comes back signs. */
import { hear } from './browser.ts';
import type { Device } from './contract.ts';
import { dropSession, keepDevice, keepSession, remember } from './device_storage.ts';
import { hintOthers } from './hints.ts';
import { ask } from './http.ts';
import { importKey } from './mac.ts';
import { currentSession, setPeople, signedIn } from './people.svelte.ts';
import { isRecord } from './verdicts.ts';

export type PairOutcome = 'paired' | 'wrong' | 'too_many' | 'no_network';
export type LogInOutcome = 'in' | 'wrong' | 'too_many' | 'no_network';

/** Makes this browser a tablet of a unit, by a code that an administrator made. */
export async function pair(pairing_code: string, name: string): Promise<PairOutcome> {
  const { status, body } = await ask('/api/devices', 'POST', JSON.stringify({ pairing_code, name }));
  if (status === 429) return 'too_many';
  if (status >= 400 && status < 500 && isRecord(body)) return 'wrong';
  if (status < 200 || status > 299 || !isRecord(body)) return 'no_network';
  const device: Device = { device_id: String(body['device_id']), unit_id: String(body['unit_id']), name };
  await keepDevice(device);
  setPeople({ device });
  hear({ event: 'paired', device });
  hintOthers({ hint: 'people' });
  return 'paired';
}

/** Signs a person in by her PIN and gives her the tablet. Others stay signed in; what they saved goes on being sent. */
export async function logIn(staff_id: string, pin: string): Promise<LogInOutcome> {
  const { status, body } = await ask('/api/sessions', 'POST', JSON.stringify({ staff_id, pin }));
  if (status === 429) return 'too_many';
  if (status === 401 || status === 403 || status === 400) return isRecord(body) ? 'wrong' : 'no_network';
  if (status < 200 || status > 299 || !isRecord(body)) return openedHere(staff_id);
  const session = {
    session_id: String(body['session_id']),
    staff_id,
    key: await importKey(String(body['session_key'])),
    expires_at: String(body['expires_at']),
    opened_at: Date.now(),
  };
  await keepSession(session);
  const before = signedIn().filter((one) => one.staff_id === staff_id);
  const others = signedIn().filter((one) => one.staff_id !== staff_id);
  setPeople({ sessions: [...others, session], current: session.session_id });
  // The new one first: her feed is wanted throughout.
  hear({ event: 'session_opened', session: { session_id: session.session_id, staff_id } });
  for (const old of before) await end(old.session_id);
  hintOthers({ hint: 'people' });
  return 'in';
}

/** Ends the turn of the person at the tablet; she stays signed in, and so does her work. */
export function lock(): void {
  setPeople({ current: null });
  void remember('current', null).then(() => hintOthers({ hint: 'people' }));
}

/** Signs the person at the tablet out. Unsent entries stay and are sent: they bear her proof already. */
export async function logOut(): Promise<void> {
  const session = currentSession();
  if (!session) return;
  await end(session.session_id);
  await remember('current', null);
  const sessions = signedIn().filter((one) => one.session_id !== session.session_id);
  setPeople({ sessions, current: null });
  hintOthers({ hint: 'people' });
}

/**
 * Without a network the server can not check a PIN. Somebody who is still signed in here goes on, so that a lock does not stop care;
 * a PIN that is checked on the tablet itself belongs to the sealed storage that comes later.
 */
async function openedHere(staff_id: string): Promise<LogInOutcome> {
  const session = signedIn().find(
    (one) => one.staff_id === staff_id && Date.parse(one.expires_at) > Date.now(),
  );
  if (!session) return 'no_network';
  setPeople({ current: session.session_id });
  await remember('current', session.session_id);
  hintOthers({ hint: 'people' });
  return 'in';
}

async function end(session_id: string): Promise<void> {
  await dropSession(session_id);
  hear({ event: 'session_ended', session_id });
  // Best effort: the server ends it by its own clock when this does not arrive.
  void ask(`/api/sessions/${session_id}`, 'DELETE');
}
