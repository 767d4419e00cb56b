/** How often a person wants a patient observed, beside what the score asks for. Pure. */
import type { ObservationPolicy } from '../schemas';

const HOUR_MS = 3_600_000;
/** Minutes that a nurse may choose. */
export const CHOICES = [15, 30, 60, 120, 240, 360, 480, 720] as const;

export type Choice = {
  /** It is longer than the score's: it needs a reason, and ends when the score gets worse. */
  longer: boolean;
  /** It is longer than the first day allows: until then sets are due this often, in minutes. */
  early: number | null;
};

/** What a choice means. `admitted` and `at` in ms. */
export function choiceOf(
  minutes: number,
  by_score: number,
  policy: ObservationPolicy,
  admitted: number,
  at: number,
): Choice {
  const first_day = at < admitted + policy.early_hours * HOUR_MS;
  const early = first_day && minutes > policy.early_longest_minutes ? policy.early_longest_minutes : null;
  return { longer: minutes > by_score, early };
}
