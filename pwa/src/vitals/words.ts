/** A score and its trend in the words of the person's language. */
import { t } from '../app/i18n/index.svelte';
import type { Score } from '../schemas';

/** "NEWS2 7, high"; "at least 4, incomplete"; "no score". */
export function scoreWords(score: Score | undefined): string {
  if (!score) return t('vitals.never_scored');
  if (score.no_score) return t(`vitals.no_score.${score.no_score}`);
  const band = t(`vitals.band.${score.band ?? 'zero'}`);
  if (score.total === null || score.total === undefined)
    return t('vitals.at_least', { figure: score.lower_bound ?? 0, band });
  return t('vitals.total', { figure: score.total, band });
}

/** "up 3 since the set before". */
export function trendWords(difference: number | null): string {
  if (difference === null) return '';
  if (difference === 0) return t('vitals.trend.same');
  return t(difference > 0 ? 'vitals.trend.up' : 'vitals.trend.down', { figure: Math.abs(difference) });
}
