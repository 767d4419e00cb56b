/** This tablet's home-care team: read in a template, it follows live. */
import { now } from '../app/clock.svelte';
import { dateIn } from '../app/i18n/moments';
import { shell } from '../app/shell.svelte';
import type { Policy, UnitRow } from '../schemas';
import { iMay } from '../staff/me.svelte';
import { thisDevice } from '../sync/people.svelte';
import { isPending, row, rows } from '../sync/store.svelte';
import { policyOfUnit } from '../tasks/margins';
import { type Day, dayOf, type Stop, stopsOf, type VisitRows } from './day';

export function team(): UnitRow | undefined {
  return row('unit', thisDevice()?.unit_id);
}

/** Whether this is a tablet of a home-care team. */
export function isHomeTeam(): boolean {
  return team()?.kind === 'home';
}

/** Whether the person at the tablet visits patients: the SOS is hers. */
export function iVisit(): boolean {
  return isHomeTeam() && iMay('chart', thisDevice()?.unit_id);
}

/** On a locked tablet of the team nobody can sign an SOS; the telephone is there all the same. */
export function isSosShown(): boolean {
  return iVisit() || (isHomeTeam() && !shell.person);
}

function policy(): Policy {
  return policyOfUnit(thisDevice()?.unit_id, rows('policy'));
}

function visitRows(): VisitRows {
  return {
    visits: rows('visit'),
    stays: rows('stay'),
    patients: rows('patient'),
    homes: rows('home'),
    sets: rows('vital_signs'),
  };
}

/** Today's visits of a person; of everybody without one. */
export function today(staff_id: string | null): Day {
  return dayOf(visitRows(), { staff_id, now_ms: now(), policy: policy(), dateOf: dateIn });
}

/** One visit with all that is shown of it. */
export function stopOf(visit_id: string): Stop | undefined {
  return stopsOf(visitRows(), policy(), now()).find(({ visit }) => visit.visit_id === visit_id);
}

/** Whether anything that was said in this visit lies on this tablet only. */
export function isKeptHere({ visit_id, stay_id, started, ended }: Stop['visit']): boolean {
  const from = Date.parse(started?.observed_at ?? '');
  const to = Date.parse(ended?.observed_at ?? '') || Number.POSITIVE_INFINITY;
  const during = (at: string | null | undefined) => {
    const ms = Date.parse(at ?? '');
    return ms >= from && ms <= to;
  };
  return (
    isPending('visit', visit_id) ||
    isPending('visit_note', visit_id) ||
    rows('vital_signs').some(
      (set) => set.stay_id === stay_id && during(set.observed_at) && isPending('vital_signs', set.entry_id),
    ) ||
    rows('task').some(
      (task) => task.stay_id === stay_id && during(task.ended_at) && isPending('task', task.task_id),
    )
  );
}
