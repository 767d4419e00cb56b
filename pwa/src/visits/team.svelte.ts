/** The day of this tablet's team; read in a template, it follows live. */
import { alerts } from '../alerts/alerts.svelte';
import { now } from '../app/clock.svelte';
import { clockTime, dateIn } from '../app/i18n/moments';
import { iMay } from '../staff/me.svelte';
import { thisDevice } from '../sync/people.svelte';
import { rows } from '../sync/store.svelte';
import { policyOfUnit } from '../tasks/margins';
import { type Team, teamOf } from './coordinating';
import { isHomeTeam } from './here.svelte';
import type { Calendar } from './window';

/** The unit's clock and calendar. */
export const CALENDAR: Calendar = { clock: clockTime, date: dateIn };

export function teamNow(): Team {
  const unit_id = thisDevice()?.unit_id ?? '';
  const all = {
    ...{ visits: rows('visit'), stays: rows('stay'), patients: rows('patient'), homes: rows('home') },
    ...{ sets: rows('vital_signs'), turns: rows('duty'), tablets: rows('tablet'), tasks: rows('task') },
    ...{ alerts: alerts(), staff: rows('staff') },
  };
  return teamOf(all, {
    unit_id,
    now_ms: now(),
    policy: policyOfUnit(unit_id, rows('policy')),
    dateOf: dateIn,
  });
}

/** Whether she may say who goes where and when. */
export function iPlan(): boolean {
  return iMay('plan_visits', thisDevice()?.unit_id);
}

/** Whether the team is hers to lead: its day is in her rail. */
export function iLeadHomeCare(): boolean {
  return isHomeTeam() && iMay('lead', thisDevice()?.unit_id);
}
