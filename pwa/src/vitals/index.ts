/** Charting vital signs, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import Charting from './Charting.svelte';
import { VITALS_RULES } from './optimistic';
import Saved from './Saved.svelte';

export const VITALS: Slice = {
  name: 'vitals',
  optimistic: VITALS_RULES,
  screens: [
    screen('/patients/:stay_id/chart', Charting, { title: 'vitals.title', frame: 'bare' }),
    screen('/patients/:stay_id/correct/:entry_id', Charting, { title: 'vitals.title', frame: 'bare' }),
    screen('/patients/:stay_id/saved/:entry_id', Saved, { title: 'vitals.title', frame: 'bare' }),
  ],
};
