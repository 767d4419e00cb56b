/** What the person at the tablet may do; read in a template, it follows who that is. */
import { shell } from '../app/shell.svelte';
import { row } from '../sync/store.svelte';
import { type GATES, may } from './roles';

/** Whether she may, in the unit of a stay. */
export function iMay(gate: keyof typeof GATES, unit_id: string | undefined): boolean {
  return may(gate, row('staff', shell.person?.staff_id), unit_id);
}
