/** The board's picture as it is drawn: at once, but in its order until the next tick, and never under a finger. */
import { untrack } from 'svelte';
import { alerts } from '../alerts/alerts.svelte';
import { now } from '../app/clock.svelte';
import { standings } from '../beds/bed_state';
import { thisDevice } from '../sync/people.svelte';
import { feedState, row, rows } from '../sync/store.svelte';
import { policyOfUnit } from '../tasks/margins';
import { zoneOf } from '../vitals/planning';
import { type Facts, factsOf } from './facts';
import { followFinger } from './finger.svelte';
import { inPlace, type Picture, pictureOf } from './picture';
import { isTouched, mayMove } from './ticks';

/** Follows the unit of this tablet while a screen is open; call it while the screen is made. Null: nothing is known yet. */
export function followBoard(): { readonly picture: Picture | null } {
  let shown = $state.raw<Picture | null>(null);
  let ordered_ms = 0;
  const finger = followFinger();
  $effect(() => {
    const unit_id = thisDevice()?.unit_id;
    const now_ms = now();
    if (!unit_id || !feedState().ready) return;
    const fresh = pictureOf(read(unit_id, now_ms));
    untrack(() => {
      const before = shown?.facts.unit_id === unit_id ? shown : null;
      if (before && isTouched(now_ms, finger)) return;
      const ordered = !before || mayMove(ordered_ms, now_ms);
      if (ordered) ordered_ms = now_ms;
      shown = ordered ? fresh : inPlace(before, fresh);
    });
  });
  return {
    get picture() {
      return shown;
    },
  };
}
function read(unit_id: string, now_ms: number): Facts {
  const all = {
    beds: rows('bed'),
    stays: rows('stay'),
    patients: rows('patient'),
    sets: rows('vital_signs'),
    tasks: rows('task'),
    duties: rows('observation_duty'),
    alerts: alerts(),
    turns: rows('duty'),
    tablets: rows('tablet'),
    held: rows('held_entry'),
    losses: rows('loss_incident'),
    standings: standings({ row, rows }, now_ms),
  };
  return factsOf(all, unit_id, policyOfUnit(unit_id, rows('policy')), now_ms, zoneOf(unit_id, { row, rows }));
}
