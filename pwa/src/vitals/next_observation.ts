/** When the next set is due, as the server's rules will say: foretold for a tablet without a network. Pure. */
import type { Band, ObservationPolicy } from '../schemas';
import { severity } from './news2';
import { intervalMs } from './response';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const BY_SEVERITY: readonly Band[] = ['zero', 'low', 'low-medium', 'medium', 'high'];
// Defaults of the escalation rules' observation duty, for a tablet that has not got its unit's policy yet.
const DEFAULTS = { no_score_minutes: 240, early_hours: 24, early_longest_minutes: 240 };

/** The band that sets the interval: it lengthens by one band per complete set, and shortens at once. Newest first. */
export function dutyBand(bands: readonly Band[]): Band | null {
  const strictest = Math.max(-1, ...bands.map((band, sets_after) => severity(band) - sets_after));
  return BY_SEVERITY[strictest] ?? null;
}

/**
 * Minutes from `observed_at` to the next set. `bands`: of the complete sets, newest first; null where no score is given.
 * A person's longer interval is left to the server, which knows the band for which she set it.
 */
export function minutesToNext(
  bands: readonly Band[] | null,
  by_person: number | null,
  admitted_at: string,
  observed_at: string,
  policy: ObservationPolicy | undefined,
): number {
  const band = bands && dutyBand(bands);
  const by_score = band
    ? (policy?.interval_minutes[band] ?? intervalMs(band) / MINUTE_MS)
    : (policy?.no_score_minutes ?? DEFAULTS.no_score_minutes);
  const minutes = by_person !== null && (!band || by_person <= by_score) ? by_person : by_score;
  const { early_hours, early_longest_minutes } = policy ?? DEFAULTS;
  const early = Date.parse(observed_at) < Date.parse(admitted_at) + early_hours * HOUR_MS;
  return early ? Math.min(minutes, early_longest_minutes) : minutes;
}
