/** Who may, as the server's gates have it (backend/access/rules.py): what would be refused is not offered. Pure. */
import type { Post, Role, StaffRow } from '../schemas';

const REGISTERED = ['ward_nurse', 'charge_nurse', 'head_nurse', 'home_care_nurse'] as const;
const LEADING = ['charge_nurse', 'head_nurse', 'coordinator'] as const;

/** `give`: hand over any patient of the unit, not only one's own; who may be in charge may. `lead`: decide where others may not. */
export const GATES = {
  chart: [...REGISTERED, 'healthcare_assistant'],
  plan: REGISTERED,
  plan_visits: [...REGISTERED, 'coordinator'],
  prescribe: REGISTERED,
  admit: [...REGISTERED, 'coordinator'],
  give: LEADING,
  lead: LEADING,
} as const satisfies Record<string, readonly Role[]>;

/** Who may hold a post while on duty (backend/staff/rules.py). */
export const HOLDERS = {
  nurse: [...REGISTERED, 'coordinator'],
  assistant: [...REGISTERED, 'coordinator', 'healthcare_assistant'],
  charge: LEADING,
  on_call: [...LEADING, 'duty_clinician'],
} as const satisfies Record<Post, readonly Role[]>;

/** The posts that this person can hold in that unit. */
export function posts(staff: StaffRow | undefined, unit_id: string | undefined): Post[] {
  const roles = new Set(staff?.grants.flatMap((grant) => (grant.unit_id === unit_id ? [grant.role] : [])));
  return (Object.keys(HOLDERS) as Post[]).filter((post) => HOLDERS[post].some((role) => roles.has(role)));
}

/** Whether this person may, in that unit. */
export function may(
  gate: keyof typeof GATES,
  staff: StaffRow | undefined,
  unit_id: string | undefined,
): boolean {
  const roles: readonly Role[] = GATES[gate];
  return staff?.grants.some((grant) => grant.unit_id === unit_id && roles.includes(grant.role)) ?? false;
}
