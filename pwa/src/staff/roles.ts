/** Who may, as the server's gates have it (backend/access/rules.py): what would be refused is not offered. Pure. */
import type { Role, StaffRow } from '../schemas';

const REGISTERED = ['ward_nurse', 'charge_nurse', 'head_nurse', 'home_care_nurse'] as const;
const LEADING = ['charge_nurse', 'head_nurse', 'coordinator'] as const;

/** `give`: hand over any patient of the unit, not only one's own; who may be in charge may. */
export const GATES = {
  chart: [...REGISTERED, 'healthcare_assistant'],
  plan: REGISTERED,
  prescribe: REGISTERED,
  admit: [...REGISTERED, 'coordinator'],
  give: LEADING,
} as const satisfies Record<string, readonly Role[]>;

/** Whether this person may, in that unit. */
export function may(
  gate: keyof typeof GATES,
  staff: StaffRow | undefined,
  unit_id: string | undefined,
): boolean {
  const roles: readonly Role[] = GATES[gate];
  return staff?.grants.some((grant) => grant.unit_id === unit_id && roles.includes(grant.role)) ?? false;
}
