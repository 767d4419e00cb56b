/** Scores a table of sets, so that a safety officer can check the tablet's rules with her own cases. */
import plausibility from '$shared/reference/plausibility.json';
import type { Consciousness, VitalSigns } from '../schemas.ts';
import { news2, noScoreReason, PARAMETERS } from './news2.ts';
import { halfUpTenths, halfUpWhole } from './rounding.ts';
import { parsed, UnreadableTable, written } from './table_text.ts';

type Reading = { values: VitalSigns; scale: number; age: number | null; pregnant: boolean };
type Cells = (name: string) => string;

const NUMBERS = [
  ['respiratory_rate', 'respiratory_rate_per_min', halfUpWhole, 999],
  ['spo2', 'spo2_percent', halfUpWhole, 100],
  ['systolic_bp', 'systolic_mmhg', halfUpWhole, 999],
  ['pulse', 'pulse_per_min', halfUpWhole, 999],
  ['temperature_c', 'temperature_tenths_c', halfUpTenths, 1200],
] as const;
const NEEDED = [
  'respiratory_rate',
  'spo2',
  'spo2_scale',
  'on_oxygen',
  'systolic_bp',
  'pulse',
  'acvpu',
  'temperature_c',
];
const ADDED = [
  'score_rr',
  'score_spo2',
  'score_o2',
  'score_sbp',
  'score_pulse',
  'score_acvpu',
  'score_temp',
  'score_total',
  'single_parameter_3',
  'band',
];

/** A cell that is not what its column asks for; the message is the refusal's reason. */
class BadCell extends Error {}

/** The same table with ADDED columns: the scores, `incomplete` or `refused: REASON` as the total. */
export function scoreTable(text: string): string {
  const [header = [], ...rows] = parsed(text);
  for (const name of NEEDED) {
    if (header.filter((one) => one === name).length !== 1) {
      throw new UnreadableTable(`the first line must name the column ${name} once`);
    }
  }
  const out = rows.map((row, index) => {
    if (row.length > header.length) {
      throw new UnreadableTable(
        `row ${index + 2} has ${row.length} cells, the first line has ${header.length}`,
      );
    }
    const full = header.map((_, place) => row[place] ?? '');
    const cells: Cells = (name) => (full[header.lastIndexOf(name)] ?? '').replace(/^[ \t]+|[ \t]+$/g, '');
    return [...full, ...scored(cells)];
  });
  return written([[...header, ...ADDED], ...out]);
}

function scored(cells: Cells): string[] {
  let reading: Reading;
  try {
    reading = read(cells);
  } catch (error) {
    if (error instanceof BadCell) return refused(error.message);
    throw error;
  }
  const { values, scale, age, pregnant } = reading;
  const reason = noScoreReason(age, pregnant);
  if (reason) return refused(reason);
  const score = news2(values, scale, age, pregnant);
  const subScores = PARAMETERS.map((one) => String(score.sub_scores[one] ?? ''));
  const single3 = score.single_3 ? '1' : '0';
  // The band of a lower bound would read like a band: it is left out.
  if (score.total === null || score.total === undefined) return [...subScores, 'incomplete', single3, ''];
  return [...subScores, String(score.total), single3, score.band ?? ''];
}

function refused(reason: string): string[] {
  return [...PARAMETERS.map(() => ''), `refused: ${reason}`, '', ''];
}

function read(cells: Cells): Reading {
  const values: VitalSigns = {};
  for (const [name, field, rounded, highest] of NUMBERS) {
    if (!cells(name)) continue;
    const value = rounded(cells(name));
    if (value === null || value > highest) throw new BadCell(`bad_${name}`);
    values[field] = value;
  }
  const [low = 0, high = 0] = plausibility.ask_fahrenheit_tenths_c;
  const tenths = values.temperature_tenths_c ?? 0;
  // A person would be asked; scoring it would be a guess.
  if (low <= tenths && tenths <= high) throw new BadCell('fahrenheit');
  const scale = chosen(cells, 'spo2_scale', { '': 1, '1': 1, '2': 2 });
  values.on_oxygen = chosen(cells, 'on_oxygen', { '': null, '0': false, '1': true });
  values.consciousness = chosen<Consciousness | null>(cells, 'acvpu', {
    '': null,
    A: 'A',
    C: 'C',
    V: 'V',
    P: 'P',
    U: 'U',
  });
  const pregnant = chosen(cells, 'pregnant', { '': false, '0': false, '1': true });
  const age = cells('age_years');
  if (age && halfUpWhole(age) === null) throw new BadCell('bad_age_years');
  // Age is whole years: 15.9 is still 15.
  return { values, scale, age: age ? Number.parseInt(age, 10) : null, pregnant };
}

function chosen<T>(cells: Cells, name: string, choices: Record<string, T>): T {
  const cell = cells(name);
  if (!Object.hasOwn(choices, cell)) throw new BadCell(`bad_${name}`);
  return choices[cell] as T;
}
