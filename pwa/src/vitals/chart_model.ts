/** From reference bands and charted sets to the strips and columns of the NEWS2 chart. */
import news2 from '$shared/reference/news2.json';
import type { VitalSigns, VitalSignsRow } from '../schemas';
import type { Column, Strip } from './chart_geometry';
import { chip } from './chip';
import { PARAMETERS, type ParameterName, valueText } from './parameters';
import { tenths } from './set_words';

interface Band {
  up_to: number | null;
  score: number;
}
/** A drawn row: the values from `from` to `to`, both inclusive. */
interface BandRow {
  from: number | null;
  to: number | null;
  text: string;
  score: number;
}

const write = (name: ParameterName, value: number) =>
  name === 'temperature' ? tenths(value) : String(value);

/** Ascending reference bands as rows, highest on top; the last one has no end, the first no beginning. */
function rowsOf(name: ParameterName, bands: readonly Band[], most: number | null): BandRow[] {
  return bands
    .map((band, i): BandRow => {
      const below = i > 0 ? (bands[i - 1]?.up_to ?? null) : null;
      const from = below === null ? null : below + 1;
      const to = band.up_to === most ? null : band.up_to;
      const [first, last] = [from === null ? '' : write(name, from), to === null ? '' : write(name, to)];
      const text =
        from === null ? `≤ ${last}` : to === null ? `≥ ${first}` : from === to ? first : `${first}–${last}`;
      return { from, to, text, score: band.score };
    })
    .reverse();
}

/** What the chart calls air: as a row of its own, and within a row. */
export interface AirWords {
  row: string;
  within: string;
}
/** A column needs the places of the rows, not what they are called. */
const UNNAMED: AirWords = { row: '', within: '' };

/** Scale 2 has one row for values above target on air (0) beside the scored rows on oxygen, as on the RCP chart. */
function spo2Rows(scale: number, air: AirWords): BandRow[] {
  const { scale_1, scale_2_oxygen } = news2.parameters.spo2;
  if (scale !== 2) return rowsOf('spo2', scale_1, 100);
  const rows = rowsOf('spo2', scale_2_oxygen, 100).map((row) =>
    (row.from ?? 0) >= 93 ? { ...row, text: `${row.text} O₂` } : row,
  );
  return rows.map((row) => (row.score === 0 ? { ...row, text: `88–92 / ≥ 93 ${air.within}` } : row));
}

const { parameters } = news2;
const CONSCIOUSNESS: BandRow[] = [
  { from: 0, to: 0, text: 'A', score: parameters.consciousness.scores.A },
  { from: 1, to: 1, text: 'C V P U', score: parameters.consciousness.scores.C },
];
const oxygenRows = (air: AirWords): BandRow[] => [
  { from: 0, to: 0, text: air.row, score: parameters.oxygen.scores.false },
  { from: 1, to: 1, text: 'O₂', score: parameters.oxygen.scores.true },
];

function bandRows(name: ParameterName, scale: number, air: AirWords): BandRow[] {
  if (name === 'oxygen') return oxygenRows(air);
  if (name === 'consciousness') return CONSCIOUSNESS;
  if (name === 'spo2') return spo2Rows(scale, air);
  return rowsOf(name, parameters[name].bands, null);
}

/** The strips of a chart under one SpO2 scale; their words come from the catalogue. */
export function strips(
  scale: number,
  label: (name: ParameterName) => string,
  unit: (name: ParameterName) => string,
  air: AirWords,
) {
  return PARAMETERS.map(
    (name): Strip => ({
      parameter: name,
      label: label(name),
      unit: unit(name),
      bands: bandRows(name, scale, air),
    }),
  );
}

function bandOf(name: ParameterName, values: VitalSigns, rows: BandRow[]): number {
  if (name === 'oxygen') return values.on_oxygen ? 1 : 0;
  if (name === 'consciousness') return values.consciousness === 'A' ? 0 : 1;
  const value = {
    respiratory_rate: values.respiratory_rate_per_min,
    spo2: values.spo2_percent,
    systolic: values.systolic_mmhg,
    pulse: values.pulse_per_min,
    temperature: values.temperature_tenths_c,
  }[name];
  const number = value ?? 0;
  const found = rows.findIndex(
    (row) => (row.from === null || number >= row.from) && (row.to === null || number <= row.to),
  );
  return Math.max(0, found);
}

/** One set as a column. A value that a device gave outside the plausible bounds is not drawn; the table says so. */
export function column(set: VitalSignsRow, scale: number, time: string): Column {
  const cells: Column['cells'] = {};
  for (const name of PARAMETERS) {
    const text = valueText(set.values, name);
    if (text === null || set.invalid?.includes(name)) continue;
    const rows = bandRows(name, scale, UNNAMED);
    let band = bandOf(name, set.values, rows);
    const score = set.score.sub_scores?.[name] ?? 0;
    // Above target on air scores 0 under scale 2: it stands in the row that says so.
    if (name === 'spo2' && scale === 2 && score === 0) band = rows.findIndex((row) => row.score === 0);
    const short = name === 'oxygen' ? (set.values.on_oxygen ? 'O₂' : 'A') : text;
    cells[name] = { band, text: short, score, corrected: Boolean(set.supersedes) };
  }
  return { id: set.entry_id, time, cells, score: set.score, totalText: chip(set.score).text };
}
