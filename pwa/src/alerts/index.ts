/** Alerts as a slice of the app. */
import { screen } from '../app/routes';
import { shell } from '../app/shell.svelte';
import type { Slice } from '../app/slice';
import { onRing } from '../sync/browser';
import { signedIn } from '../sync/people.svelte';
import AlertScreen from './AlertScreen.svelte';
import Alerts from './Alerts.svelte';
import Asking from './Asking.svelte';
import { alerts } from './alerts.svelte';
import { askedOf } from './asked';
import { ALERT_RULES } from './optimistic';
import { sound } from './sound';

export const ALERTS: Slice = {
  name: 'alerts',
  optimistic: ALERT_RULES,
  screens: [
    screen('/alerts', Alerts, { title: 'alert.title' }),
    screen('/alerts/:alert_id', AlertScreen, { title: 'alert.title', frame: 'bare' }),
  ],
  nav: [
    {
      path: '/alerts',
      icon: 'bell',
      label: 'alert.title',
      count: () => askedOf(alerts(), shell.person?.staff_id ?? null).length,
    },
  ],
  everywhere: Asking,
  start: () => {
    // Also while a colleague holds the tablet or nobody does: it calls whoever is signed in on it.
    onRing((ring) => {
      if (signedIn().some((session) => session.staff_id === ring.staff_id))
        sound(ring.sound, performance.now(), ring.staff_id);
    });
  },
};
