/** National Early Warning Score (NEWS) 2 © Royal College of Physicians 2017, from reference/news2.json. */
import table from '$shared/reference/news2.json';
import type { Band, NoScoreReason, Parameter, Score, VitalSigns } from '../schemas.ts';

type Banding = { up_to: number | null; score: number }[];

const parameters = table.parameters;
export const PARAMETERS = Object.keys(parameters) as (keyof typeof parameters)[];
const BY_SEVERITY = table.order as Band[];

/** A score whose parts are all there, as this module makes it. */
export type FullScore = Score & {
  lower_bound: number;
  sub_scores: Record<string, number>;
  missing: Parameter[];
};

function banded(value: number, bands: Banding): number | null {
  return bands.find((band) => band.up_to === null || value <= band.up_to)?.score ?? null;
}

/** With air or oxygen unknown, scale 2 scores only what is the same on both. */
function spo2Score(percent: number, scale: number, onOxygen: boolean | null): number | null {
  const bands = parameters.spo2;
  if (scale === 1) return banded(percent, bands.scale_1);
  const onAir = banded(percent, bands.scale_2_air);
  const withOxygen = banded(percent, bands.scale_2_oxygen);
  if (onOxygen === null) return onAir === withOxygen ? onAir : null;
  return onOxygen ? withOxygen : onAir;
}

function subScore(parameter: (typeof PARAMETERS)[number], values: VitalSigns, scale: number): number | null {
  const value = values[parameters[parameter].field as keyof VitalSigns] ?? null;
  if (value === null) return null;
  switch (parameter) {
    case 'spo2':
      return spo2Score(value as number, scale, values.on_oxygen ?? null);
    case 'oxygen':
      return value ? parameters.oxygen.scores.true : parameters.oxygen.scores.false;
    case 'consciousness':
      return parameters.consciousness.scores[value as 'A'];
    default:
      return banded(value as number, parameters[parameter].bands);
  }
}

/** SpO2 was measured, but scale 2 scores it only when air or oxygen is known: it is oxygen that is missing. */
function waitsForOxygen(values: VitalSigns): boolean {
  const percent = values.spo2_percent ?? null;
  return percent !== null && (values.on_oxygen ?? null) === null && spo2Score(percent, 2, true) !== null;
}

/** The clinical risk of a total (charts 2 and 4); a single 3 lifts 3-4 to low-medium. */
export function bandOf(total: number, single3: boolean): Band {
  const fits = (band: Band) => {
    const row: { totals: number[]; single_3?: boolean } = table.response[band];
    const [lowest = 0, highest = 0] = row.totals;
    return lowest <= total && total <= highest && (single3 || !row.single_3);
  };
  const found = [...BY_SEVERITY].reverse().find(fits);
  if (!found) throw new RangeError(`no band holds a total of ${total}`);
  return found;
}

/** The band's place from zero to high; -1 for none. */
export function severity(band: Band | null | undefined): number {
  return band ? BY_SEVERITY.indexOf(band) : -1;
}

/** Why NEWS2 must not be used (RCP 2017: not under 16, not in pregnancy); null: it may. Age null: an adult. */
export function noScoreReason(ageYears: number | null, pregnant: boolean): NoScoreReason | null {
  if (ageYears !== null && ageYears < table.youngest_years) return 'under_16';
  return pregnant ? 'pregnant' : null;
}

/** The score of a set. All seven parameters give a total; fewer give a lower bound and name what is missing. */
export function news2(
  values: VitalSigns,
  scale = 1,
  ageYears: number | null = null,
  pregnant = false,
): FullScore {
  const refused = noScoreReason(ageYears, pregnant);
  const none = { lower_bound: 0, sub_scores: {}, single_3: false, band: null, missing: [] };
  if (refused) return { ...none, total: null, spo2_scale: scale, no_score: refused };
  const sub: Record<string, number> = {};
  const missing: Parameter[] = [];
  for (const parameter of PARAMETERS) {
    const score = subScore(parameter, values, scale);
    if (score !== null) sub[parameter] = score;
    else if (parameter !== 'spo2' || !waitsForOxygen(values)) missing.push(parameter);
  }
  const scores = Object.values(sub);
  const bound = scores.reduce((sum, score) => sum + score, 0);
  const single3 = scores.includes(3);
  return {
    total: missing.length ? null : bound,
    lower_bound: bound,
    sub_scores: sub,
    single_3: single3,
    band: scores.length ? bandOf(bound, single3) : null,
    spo2_scale: scale,
    missing,
    no_score: null,
  };
}
