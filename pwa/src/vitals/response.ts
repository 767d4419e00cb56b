/** What a score asks for and when the next set is due, from the reference tables; the server decides, this foretells. */
import news2 from '$shared/reference/news2.json';
import type { Band, Score } from '../schemas';

/** Minimum interval of a band in ms, by the default policy. */
export function intervalMs(band: Band): number {
  return news2.response[band].interval_minutes * 60_000;
}

/** Whether a score raises an alert at once: its class, or null. An incomplete set does at a bound of 5 or any 3. */
export function alertClass(score: Score): 'red' | 'amber' | null {
  if (score.no_score || !score.band) return null;
  return news2.response[score.band].alert_class as 'red' | 'amber' | null;
}
