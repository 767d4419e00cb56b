/** Who this tablet is and who is signed in on it, as screens and `save` see it. */
import type { Device } from './contract.ts';
import type { KeptSession } from './device_storage.ts';

let device = $state.raw<Device | null>(null);
let sessions = $state.raw<readonly KeptSession[]>([]);
let current = $state<string | null>(null);

/** This tablet; null until it is paired. */
export function thisDevice(): Device | null {
  return device;
}

/** Everybody signed in on this tablet. */
export function signedIn(): readonly KeptSession[] {
  return sessions;
}

/** Whose turn it is; null while the tablet is locked or nobody is signed in. */
export function currentSession(): KeptSession | null {
  return sessions.find((session) => session.session_id === current) ?? null;
}

/** For the runner and the log-in: what is so now. */
export function setPeople(
  next: Partial<{ device: Device | null; sessions: readonly KeptSession[]; current: string | null }>,
): void {
  if (next.device !== undefined) device = next.device;
  if (next.sessions !== undefined) sessions = next.sessions;
  if (next.current !== undefined) current = next.current;
}
