/** What a score asks for, from the reference tables; the server decides, this foretells. */
import news2 from '$shared/reference/news2.json';
import type { Parameter, Score, VitalSigns } from '../schemas';

/** Signs whose absence in the patient is an emergency, not a gap (docs/escalation.md, observation duty). */
const RED_WHEN_UNOBTAINABLE: readonly Parameter[] = ['respiratory_rate', 'spo2', 'systolic', 'pulse'];

/** Whether a score raises an alert at once: its class, or null. An incomplete set does at a bound of 5 or any 3. */
export function alertClass(score: Score): 'red' | 'amber' | null {
  if (score.no_score || !score.band) return null;
  return news2.response[score.band].alert_class as 'red' | 'amber' | null;
}

/** Vital signs that somebody tried to measure and could not find in the patient. */
export function unobtainable(values: VitalSigns): Parameter[] {
  const tried = (values.not_done ?? []).filter((one) => one.reason === 'unobtainable');
  return RED_WHEN_UNOBTAINABLE.filter((name) => {
    const { field } = news2.parameters[name as keyof typeof news2.parameters];
    return (
      tried.some((one) => one.parameter === name) && (values[field as keyof typeof values] ?? null) === null
    );
  });
}

/** What a whole set asks for: its class, or null. A sign that could not be obtained is red. */
export function setClass({ score, values }: { score: Score; values: VitalSigns }): 'red' | 'amber' | null {
  return unobtainable(values).length > 0 ? 'red' : alertClass(score);
}
