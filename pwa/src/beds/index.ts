/** Beds and their states, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import { thisDevice } from '../sync/people.svelte';
import { row } from '../sync/store.svelte';
import Beds from './Beds.svelte';
import { BED_RULES } from './optimistic';

/** A home-care team has none. */
const hasBeds = () => row('unit', thisDevice()?.unit_id)?.kind !== 'home';

export const BEDS: Slice = {
  name: 'beds',
  optimistic: BED_RULES,
  screens: [screen('/beds', Beds, { title: 'beds.title' })],
  nav: [{ path: '/beds', icon: 'bed', label: 'beds.title', shown: hasBeds }],
};
