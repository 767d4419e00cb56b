/** What a score asks for, from the reference tables; the server decides, this foretells. */
import news2 from '$shared/reference/news2.json';
import type { Score } from '../schemas';

/** Whether a score raises an alert at once: its class, or null. An incomplete set does at a bound of 5 or any 3. */
export function alertClass(score: Score): 'red' | 'amber' | null {
  if (score.no_score || !score.band) return null;
  return news2.response[score.band].alert_class as 'red' | 'amber' | null;
}
