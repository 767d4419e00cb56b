/** Which marks may follow each other, who may make them, and which one holds, as the server has it (backend/beds/rules/marks.py). Pure. */
import type { Readiness } from '../schemas.ts';
import type { BedState } from './bed_state.ts';

/** From the most careful to the least. */
const BY_CARE: readonly Readiness[] = ['closed', 'blocked', 'dirty', 'cleaning', 'clean'];

/** What may follow a mark, the next step of turning a bed round first. A bed that is out of use comes back dirty. */
export const NEXT: Readonly<Record<Readiness, readonly Readiness[]>> = {
  clean: ['dirty', 'cleaning', 'blocked', 'closed'],
  dirty: ['cleaning', 'blocked', 'closed'],
  cleaning: ['clean', 'dirty', 'blocked', 'closed'],
  blocked: ['dirty', 'closed'],
  closed: ['dirty'],
};

/** The gate of a mark: closing and opening again is for who leads, blocking and its end for a registered nurse. */
export type Needs = 'chart' | 'plan' | 'lead';

export function neededFor(wanted: Readiness, marked: Readiness): Needs {
  if (wanted === 'closed' || marked === 'closed') return 'lead';
  return wanted === 'blocked' || marked === 'blocked' ? 'plan' : 'chart';
}

/** What a state means to who marks: free and reserved beds are clean; undefined: somebody lies there. */
export function readinessOf(state: BedState): Readiness | undefined {
  if (state === 'free' || state === 'reserved') return 'clean';
  return state === 'occupied' || state === 'on_leave' ? undefined : state;
}

/** Whether a mark changes a bed that was `marked` last and is `shown`; `unseen`: its author had not seen the last mark. */
export function holds(wanted: Readiness, marked: Readiness, shown: Readiness, unseen: boolean): boolean {
  if (wanted === shown) return false;
  if (unseen) return BY_CARE.indexOf(wanted) < BY_CARE.indexOf(shown);
  return NEXT[shown].includes(wanted) || NEXT[marked].includes(wanted);
}

/** The shortest way of marks in their turn that leads from one readiness to another; taking a mark back goes it. */
export function wayBack(from: Readiness, to: Readiness): Readiness[] {
  const ways: Readiness[][] = [[from]];
  for (const way of ways) {
    const here = way.at(-1) ?? from;
    if (here === to) return way.slice(1);
    for (const next of NEXT[here]) if (!way.includes(next)) ways.push([...way, next]);
  }
  return [];
}
