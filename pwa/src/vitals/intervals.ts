/** When the next set is due, as the server will say: bands, a person's interval, the first day, the hours of sleep. Pure. */
import news2 from '$shared/reference/news2.json';
import type { Band, ObservationDutyRow, ObservationPolicy } from '../schemas.ts';
import { severity } from './news2.ts';
import { governing, type Taken } from './taken.ts';

const MINUTE_MS = 60_000;
/** The hours of sleep of a unit that lets band zero sleep. */
const [SLEEP_FROM, SLEEP_UNTIL] = ['22:00', '06:00'];

/** What beside the score decides how often; `admitted` in ms. */
export type Rhythm = {
  policy: ObservationPolicy;
  zone: string;
  admitted: number;
  duty?: Pick<ObservationDutyRow, 'interval_minutes' | 'interval_band'> | undefined;
};

export type NextSet = { because: Taken; due: number; minutes: number; band: Band | null };

/** The band that sets the interval: intervals lengthen by one band per complete set, and shorten at once. */
function dutyBand(newestFirst: readonly Taken[]): Band | null {
  const held = newestFirst.slice(0, news2.order.length).map((one, after) => severity(one.band) - after);
  return (news2.order[Math.max(-1, ...held)] as Band | undefined) ?? null;
}

/** Minutes to the next set. A person's longer interval holds only while the band is no worse than it was then. */
export function intervalMinutes(band: Band | null, { policy, admitted, duty }: Rhythm, at: number): number {
  const byScore = band ? (policy.interval_minutes[band] ?? 0) : policy.no_score_minutes;
  const byPerson = duty?.interval_minutes ?? null;
  const holds =
    byPerson !== null &&
    (!band || byPerson <= byScore || severity(band) <= severity(duty?.interval_band ?? null));
  const minutes = holds ? byPerson : byScore;
  const early = at < admitted + policy.early_hours * 60 * MINUTE_MS;
  return early ? Math.min(minutes, policy.early_longest_minutes) : minutes;
}

/** The time of day in a zone, HH:MM. */
export function wallClock(at: number, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  return format.format(at);
}

/** Band zero sleeps until six in the morning: minute by minute, so that a change of clocks is right. */
function afterSleep(due: number, zone: string): number {
  let at = due;
  const asleep = () => wallClock(at, zone) >= SLEEP_FROM || wallClock(at, zone) < SLEEP_UNTIL;
  if (!asleep()) return due;
  at = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  while (asleep()) at += MINUTE_MS;
  return at;
}

/** The set that is due after these; undefined: none was complete. */
export function nextSet(sets: readonly Taken[], rhythm: Rhythm): NextSet | undefined {
  const because = governing(sets);
  if (!because) return undefined;
  const older = sets.filter((one) => one.complete && one.at < because.at).sort((a, b) => b.at - a.at);
  const band = because.no_score ? null : dutyBand([because, ...older]);
  const minutes = intervalMinutes(band, rhythm, because.at);
  const due = because.at + minutes * MINUTE_MS;
  const sleeps = band === 'zero' && rhythm.policy.sleep_skips_zero;
  return { because, due: sleeps ? afterSleep(due, rhythm.zone) : due, minutes, band };
}
