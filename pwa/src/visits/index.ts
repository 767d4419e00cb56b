/** Home visits, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import Coordinator from './Coordinator.svelte';
import { isHomeTeam } from './here.svelte';
import { VISIT_RULES } from './optimistic';
import Sos from './Sos.svelte';
import SosBar from './SosBar.svelte';
import { iLeadHomeCare } from './team.svelte';
import VisitDay from './VisitDay.svelte';
import VisitScreen from './VisitScreen.svelte';

export const VISITS: Slice = {
  name: 'visits',
  optimistic: VISIT_RULES,
  screens: [
    screen('/visits', VisitDay, { title: 'visits.title' }),
    screen('/visits/:visit_id', VisitScreen, { title: 'task.visit', frame: 'bare' }),
    screen('/coordinator', Coordinator, { title: 'coordinator.title' }),
  ],
  nav: [
    { path: '/visits', icon: 'home', label: 'visits.title', shown: isHomeTeam },
    { path: '/coordinator', icon: 'person', label: 'coordinator.title', shown: iLeadHomeCare },
  ],
  everywhere: Sos,
  in_dialogs: SosBar,
};
