/** A set at the bedside as observation duty sees it, as the server's `taken` does. Pure. */
import news2 from '$shared/reference/news2.json';
import type { Band, NoScoreReason, Parameter, VitalSignsRow } from '../schemas.ts';
import { severity } from './news2.ts';
import { unobtainable } from './response.ts';

/** Two sets so near each other are one observation; the worse governs. */
const SAME_TIME_MS = 2 * 60_000;
/** What counts of a set; `at` and `received` in ms. */
export type Taken = {
  id: string;
  at: number;
  received: number;
  complete: boolean;
  band: Band | null;
  figure: number;
  single_3: boolean;
  unobtainable: readonly Parameter[];
  no_score: NoScoreReason | null;
};

/** A row as observation duty sees it. Without a score a set is complete when each sign has its value or its reason. */
export function taken(row: VitalSignsRow): Taken {
  const { score } = row;
  return {
    id: row.entry_id,
    at: Date.parse(row.observed_at),
    received: Date.parse(row.received_at),
    complete: score.no_score ? missingOf(row).length === 0 : (score.total ?? null) !== null,
    band: score.band ?? null,
    figure: score.lower_bound ?? 0,
    single_3: score.single_3 ?? false,
    unobtainable: unobtainable(row.values),
    no_score: score.no_score ?? null,
  };
}

/** What the observation still asks for; without a score a sign with its reason is not missing. */
export function missingOf({ score, values }: VitalSignsRow): string[] {
  if (!score.no_score) return score.missing ?? [];
  const excused = new Set<string>(values.not_done?.map((one) => one.parameter));
  return Object.entries(news2.parameters)
    .filter(
      ([name, { field }]) => (values[field as keyof typeof values] ?? null) === null && !excused.has(name),
    )
    .map(([name]) => name);
}

/** Whether a set asks for a response: a lower bound asks as a total does, a sign that could not be obtained always. */
export function asks(one: Taken): boolean {
  if (one.unobtainable.length > 0) return true;
  return one.band !== null && news2.response[one.band].alert_class !== null;
}

/** The complete set that governs: the newest, or the worst within two minutes of it. */
export function governing(sets: readonly Taken[]): Taken | undefined {
  const complete = sets.filter((one) => one.complete);
  const newest = Math.max(...complete.map((one) => one.at));
  return complete
    .filter((one) => newest - one.at <= SAME_TIME_MS)
    .sort((a, b) => severity(b.band) - severity(a.band) || b.figure - a.figure || b.at - a.at)[0];
}
