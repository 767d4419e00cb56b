/** Beds and their states, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import { isHomeTeam } from '../visits/here.svelte';
import Beds from './Beds.svelte';
import { BED_RULES } from './optimistic';

export const BEDS: Slice = {
  name: 'beds',
  optimistic: BED_RULES,
  screens: [screen('/beds', Beds, { title: 'beds.title' })],
  nav: [{ path: '/beds', icon: 'bed', label: 'beds.title', shown: () => !isHomeTeam() }],
};
