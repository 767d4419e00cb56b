/** How visits are said and drawn: a standing is a shape and a word. */
import { now } from '../app/clock.svelte';
import { t } from '../app/i18n/index.svelte';
import { clockTime, dateIn, dateOfBirth, shortDate, span } from '../app/i18n/moments';
import type { PatientRow, VisitRow } from '../schemas';
import type { MarkName } from '../ui/Mark.svelte';
import type { Standing } from './day';

export const VISIT_MARK: Record<Standing, MarkName> = {
  ...{ later: 'ring', soon: 'half', now: 'half', going_on: 'half', late: 'diamond', overdue: 'diamond' },
  ...{ done: 'done', not_done: 'bars', cancelled: 'bars' },
};

/** What tells patients of one name apart: `03 Feb 1945 · 4471 8820`. */
export function whichOne({ born_on, identifier }: PatientRow): string {
  return `${dateOfBirth(born_on)} · ${identifier}`;
}

/** `15:00` today, `Sat 21 Nov 15:00` on another day. */
export function moment(at: string | number): string {
  const ms = new Date(at).getTime();
  return dateIn(ms) === dateIn(now()) ? clockTime(ms) : `${shortDate(ms)} ${clockTime(ms)}`;
}

/** `15:00` today, `Fri 20 Nov` on another day: when something was charted. */
export function dayOrTime(at: string): string {
  return dateIn(Date.parse(at)) === dateIn(now()) ? clockTime(at) : shortDate(at);
}

/** The end of what began at another instant: `15:00`; with its day, where that is another one. */
export function endWords(from: string, to: string): string {
  return dateIn(from) === dateIn(to) ? clockTime(to) : `${shortDate(to)} ${clockTime(to)}`;
}

export function windowWords({ window_from_at, window_to_at }: VisitRow): string {
  return t('visits.window', { from: moment(window_from_at), to: endWords(window_from_at, window_to_at) });
}

/** "20 min late"; "not done by 15:30"; nothing while it is not late. */
export function lateWords({ window_to_at }: VisitRow, standing: Standing): string {
  if (standing === 'overdue') return t('task.not_done_by', { time: moment(window_to_at) });
  return standing === 'late' ? t('task.late', { span: span(now() - Date.parse(window_to_at)) }) : '';
}

/** What came of a visit that is over: "09:10 done", "not done: nobody at home", "no longer wanted". */
export function overWords(visit: VisitRow): string {
  if (visit.state === 'ended') return t('visits.done_at', { time: moment(visit.ended?.observed_at ?? '') });
  if (visit.state === 'cancelled') return t('visits.no_longer');
  return t('visits.not_done_because', { reason: t(`visits.reason.${visit.reason ?? 'other'}`) });
}
