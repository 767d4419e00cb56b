/** A server that came back from a backup has another epoch: what it had answered before is sent once more. */
import type { Now, State, Stepped } from './contract.ts';

/**
 * The epoch that the server is in. The first one heard after a start is taken for new: storage knows better, and asking costs little.
 * A word that was asked for at `asked_ms` (monotonic; a frame never is) may be older than the next epoch: it takes nothing back.
 */
export function epochHeard(
  state: State,
  epoch: string,
  now: Now,
  asked_ms = Number.NEGATIVE_INFINITY,
): Stepped {
  if (epoch === '' || epoch === state.epoch || isLate(state, epoch, asked_ms)) return [state, []];
  const left = Object.entries(state.left).filter(([one]) => one !== epoch);
  if (state.epoch !== '') left.push([state.epoch, now.mono_ms]);
  return [{ ...state, epoch, left: Object.fromEntries(left) }, [{ action: 'resend', epoch }]];
}

/** Whether a word of this epoch was asked for before the server was known to have left it. */
export function isLate(state: State, epoch: string, asked_ms: number): boolean {
  const left_at = state.left[epoch];
  return left_at !== undefined && asked_ms <= left_at;
}

/** Storage has put these back into the outbox. */
export function resent(state: State, entry_ids: readonly string[]): State {
  const all = new Set([...state.push.resent, ...entry_ids]);
  return { ...state, push: { ...state.push, resent: [...all] } };
}
