/** A server that came back from a backup has another epoch: what it had acknowledged before is sent once more. */
import type { State, Stepped } from './contract.ts';

/** The epoch that the server is in. The first one heard after a start is taken for new: storage knows better, and asking costs little. */
export function epochHeard(state: State, epoch: string): Stepped {
  if (epoch === '' || epoch === state.epoch) return [state, []];
  return [{ ...state, epoch }, [{ action: 'resend', epoch }]];
}

/** Storage has put these back into the outbox. */
export function resent(state: State, entry_ids: readonly string[]): State {
  const all = new Set([...state.push.resent, ...entry_ids]);
  return { ...state, push: { ...state.push, resent: [...all] } };
}
