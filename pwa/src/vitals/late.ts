/** Late sets in the order in which they want to be seen. Pure. */
import type { LateSetRow } from '../schemas';
import { setClass } from './response';

const RANK = { red: 0, amber: 1 } as const;

/** What asks for a person before what does not; then as they came. */
export function gravestFirst(late: readonly LateSetRow[]): LateSetRow[] {
  const rank = (one: LateSetRow) => RANK[setClass(one) ?? 'amber'] + (setClass(one) ? 0 : 1);
  return [...late].sort((a, b) => rank(a) - rank(b) || a.received_at.localeCompare(b.received_at));
}
