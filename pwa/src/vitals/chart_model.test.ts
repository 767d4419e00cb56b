import { expect, test } from 'vitest';
import type { VitalSigns, VitalSignsRow } from '../schemas';
import { chartGeometry } from './chart_geometry';
import { column, strips } from './chart_model';

const set = (values: VitalSigns, sub_scores: Record<string, number>, extra: Partial<VitalSignsRow> = {}) =>
  ({
    entry_id: 'set',
    stay_id: 'stay',
    observed_at: '2026-03-01T14:02:00Z',
    values,
    score: { total: 7, band: 'high', sub_scores },
    ...extra,
  }) as VitalSignsRow;

const AIR = { row: '실내공기', within: '실내공기' };
const plain = strips(
  1,
  (name) => name,
  () => '',
  AIR,
);

test('rows stand in the order of the RCP chart, highest value on top', () => {
  const text = (i: number) => plain[i]?.bands.map((band) => `${band.text}:${band.score}`);
  expect(text(0)).toEqual(['≥ 25:3', '21–24:2', '12–20:0', '9–11:1', '≤ 8:3']);
  expect(text(1)).toEqual(['≥ 96:0', '94–95:1', '92–93:2', '≤ 91:3']);
  expect(text(2)).toEqual(['실내공기:0', 'O₂:2']);
  expect(text(3)).toEqual(['≥ 220:3', '111–219:0', '101–110:1', '91–100:2', '≤ 90:3']);
  expect(text(4)).toEqual(['≥ 131:3', '111–130:2', '91–110:1', '51–90:0', '41–50:1', '≤ 40:3']);
  expect(text(6)).toEqual(['≥ 39.1:2', '38.1–39.0:1', '36.1–38.0:0', '35.1–36.0:1', '≤ 35.0:3']);
});

test('a value stands in the row whose score it has', () => {
  const drawn = column(
    set(
      { respiratory_rate_per_min: 24, temperature_tenths_c: 384, on_oxygen: false },
      { respiratory_rate: 2, temperature: 1 },
    ),
    1,
    '14:02',
  );
  for (const name of ['respiratory_rate', 'temperature']) {
    const cell = drawn.cells[name];
    const strip = plain.find((each) => each.parameter === name);
    expect(strip?.bands[cell?.band ?? -1]?.score).toBe(cell?.score);
  }
  expect(drawn.cells['temperature']?.text).toBe('38.4');
});

test('under scale 2 a saturation above target on air stands in the row that scores 0', () => {
  const drawn = column(set({ spo2_percent: 97, on_oxygen: false }, { spo2: 0 }), 2, '14:02');
  const rows = strips(
    2,
    (name) => name,
    () => '',
    AIR,
  )[1];
  expect(rows?.bands[drawn.cells['spo2']?.band ?? -1]?.score).toBe(0);
});

test('a value from a device outside its bounds is not drawn', () => {
  const drawn = column(set({ pulse_per_min: 400 }, {}, { invalid: ['pulse'] }), 1, '14:02');
  expect(drawn.cells['pulse']).toBeUndefined();
});

test('a skipped value breaks the line', () => {
  const sets = [96, null, 95].map((spo2_percent, i) =>
    column(set({ spo2_percent, pulse_per_min: 80 }, { spo2: 0, pulse: 0 }, { entry_id: `${i}` }), 1, `${i}`),
  );
  const drawn = chartGeometry(plain, sets, 780, 700);
  const lines = drawn.lines.filter((line) => line.y1 === line.y2);
  expect(lines).toHaveLength(2);
  expect(drawn.cells.filter((cell) => cell.missing && cell.key.endsWith('spo2'))).toHaveLength(1);
});

test('on scale 2 the long range has its row for itself, and the name stands above it', () => {
  const scale_2 = strips(
    2,
    (name) => name,
    () => '',
    { row: 'Air', within: 'air' },
  );
  const spo2 = chartGeometry(scale_2, [], 358, 700).strips.find(({ parameter }) => parameter === 'spo2');
  const long = spo2?.bands.find((band) => band.text === '88–92 / ≥ 93 air');
  expect((spo2?.labelY ?? 0) + 17).toBeLessThan(long?.y ?? 0);
});
