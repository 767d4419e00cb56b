/** The places of the ward as they are on this tablet now; read in a template, they follow live. */
import { now } from '../app/clock.svelte';
import { shell } from '../app/shell.svelte';
import { rows } from '../sync/store.svelte';
import { type Place, wardList } from './ward';

/** Every bed in bed order, then who waits for one; `mine` are the patients of whose turn it is. */
export function wardPlaces(): Place[] {
  const here = {
    beds: rows('bed'),
    stays: rows('stay'),
    patients: rows('patient'),
    sets: rows('vital_signs'),
    tasks: rows('task'),
    duties: rows('observation_duty'),
  };
  return wardList(here, shell.person?.staff_id ?? null, now());
}
