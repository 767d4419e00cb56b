/** When planned care is due soon and overdue, by its unit's policy. Pure. */
import escalation from '$shared/reference/escalation.json';
import type { CarePolicy, Policy, PolicyRow, TaskRow } from '../schemas';
import type { RowReader } from '../sync/rows';

const MINUTE_MS = 60_000;
/** For a tablet that has not got its unit's policy yet. */
const DEFAULT_POLICY = escalation.policy as Policy;

/** The policy in force in a unit. */
export function policyOfUnit(unit_id: string | undefined, policies: readonly PolicyRow[]): Policy {
  return policies.find((one) => one.unit_id === unit_id)?.policy ?? DEFAULT_POLICY;
}

/** The policy in force where the stay is. */
export function policyOf(stay_id: string, store: RowReader): Policy {
  return policyOfUnit(store.row('stay', stay_id)?.unit_id, store.rows('policy'));
}

/** The instants of care that is due then (ms). */
export function instants(
  due: number,
  care: CarePolicy | undefined,
): Pick<TaskRow, 'due_at' | 'due_soon_at' | 'overdue_at'> {
  const at = (minutes: number) => new Date(due + minutes * MINUTE_MS).toISOString();
  return {
    due_at: at(0),
    due_soon_at: at(-(care?.due_soon_minutes ?? 0)),
    overdue_at: at(care?.grace_minutes ?? 0),
  };
}

/** The instants of care of a kind, an observation excepted: its interval counts, too. */
export function instantsOf(
  kind: TaskRow['kind'],
  due_at: string,
  stay_id: string,
  store: RowReader,
): Pick<TaskRow, 'due_at' | 'due_soon_at' | 'overdue_at'> {
  return instants(Date.parse(due_at), policyOf(stay_id, store).care[kind]);
}
