/** Home visits, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import { isHomeTeam } from './here.svelte';
import { VISIT_RULES } from './optimistic';
import VisitDay from './VisitDay.svelte';

export const VISITS: Slice = {
  name: 'visits',
  optimistic: VISIT_RULES,
  screens: [screen('/visits', VisitDay, { title: 'visits.title' })],
  nav: [{ path: '/visits', icon: 'home', label: 'visits.title', shown: isHomeTeam }],
};
