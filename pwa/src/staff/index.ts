/** Log-in, pairing and duty, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import Duty from './Duty.svelte';
import LogInScreen from './LogInScreen.svelte';
import { DUTY_RULES } from './optimistic';
import { takePairingCode } from './pairing.svelte';

export const STAFF: Slice = {
  name: 'staff',
  screens: [
    screen('/log-in', LogInScreen, { title: 'staff.log_in.title', open: true }),
    screen('/duty', Duty, { title: 'staff.duty.title' }),
  ],
  optimistic: DUTY_RULES,
  start: takePairingCode,
};
