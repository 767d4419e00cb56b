/** Log-in, pairing and duty, as a slice of the app. */
import { screen } from '../app/routes';
import { shell } from '../app/shell.svelte';
import type { Slice } from '../app/slice';
import { rows } from '../sync/store.svelte';
import Duty from './Duty.svelte';
import Handover from './Handover.svelte';
import LogInScreen from './LogInScreen.svelte';
import { DUTY_RULES } from './optimistic';
import { takePairingCode } from './pairing.svelte';

/** Patients that somebody offers to whose turn it is. */
function offeredToMe(): number {
  const me = shell.person?.staff_id;
  return me ? rows('stay').filter((stay) => stay.offered_to_staff_id === me && !stay.departed_at).length : 0;
}

export const STAFF: Slice = {
  name: 'staff',
  screens: [
    screen('/log-in', LogInScreen, { title: 'staff.log_in.title', open: true }),
    screen('/duty', Duty, { title: 'staff.duty.title' }),
    screen('/handover', Handover, { title: 'staff.handover.title' }),
  ],
  nav: [{ path: '/handover', icon: 'handover', label: 'staff.handover.title', count: offeredToMe }],
  optimistic: DUTY_RULES,
  start: takePairingCode,
};
