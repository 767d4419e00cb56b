/** The ward list and the patient, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import { isHomeTeam } from '../visits/here.svelte';
import { STAY_RULES } from './optimistic';
import Patient from './Patient.svelte';
import WardList from './WardList.svelte';

export const WARD: Slice = {
  name: 'ward',
  optimistic: STAY_RULES,
  screens: [
    screen('/ward', WardList, { title: 'ward.title' }),
    screen('/patients/:stay_id', Patient, { title: 'patient.title', frame: 'bare' }),
  ],
  nav: [{ path: '/ward', icon: 'grid', label: () => (isHomeTeam() ? 'ward.patients' : 'ward.title') }],
};
