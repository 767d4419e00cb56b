/** The tablet's rules give what the golden cases say; the server runs the same cases. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import golden from '$shared/reference/golden/news2.json';
import pads from '$shared/reference/golden/number_pad.json';
import plausibility from '$shared/reference/golden/plausibility.json';
import rounding from '$shared/reference/golden/rounding.json';
import type { Consciousness, Score, VitalSigns } from '../schemas.ts';
import { ageYears } from './age.ts';
import { bandOf, news2, severity } from './news2.ts';
import { begin, correct, flowPad, type PadName, press, shown, type Typing, value } from './number_pad.ts';
import { type Bounded, mustAsk, outsideHard, plausible, scorable } from './plausibility.ts';
import { halfUpTenths, halfUpWhole, tenthsCFromTenthsF } from './rounding.ts';

const whole = {
  total: null,
  lower_bound: 0,
  sub_scores: {},
  single_3: false,
  band: null,
  spo2_scale: 1,
  missing: [],
  no_score: null,
};

describe('NEWS2', () => {
  test.each(golden.cases)('$name', ({ values, scale, age_years, pregnant, score }) => {
    expect(news2(values as VitalSigns, scale, age_years, pregnant)).toEqual({
      ...whole,
      ...(score as Score),
    });
  });

  const vectors = new URL('../../../../shared/data/news2_vectors.csv', import.meta.url);
  test.skipIf(!existsSync(vectors))('every published vector scores right', () => {
    const [head = '', ...lines] = readFileSync(vectors, 'utf8').trim().split(/\r?\n/);
    const names = head.split(',');
    expect(lines.length).toBeGreaterThan(100);
    for (const line of lines) {
      const cells = line.split(',');
      const cell = (name: string) => cells[names.indexOf(name)] ?? '';
      const found = news2(
        {
          respiratory_rate_per_min: Number(cell('respiratory_rate')),
          spo2_percent: Number(cell('spo2')),
          on_oxygen: cell('on_oxygen') === '1',
          systolic_mmhg: Number(cell('systolic_bp')),
          pulse_per_min: Number(cell('pulse')),
          consciousness: cell('acvpu') as Consciousness,
          temperature_tenths_c: halfUpTenths(cell('temperature_c')),
        },
        Number(cell('spo2_scale')),
      );
      const parts = ['rr', 'spo2', 'o2', 'sbp', 'pulse', 'acvpu', 'temp'];
      expect(Object.values(found.sub_scores), line).toEqual(parts.map((part) => Number(cell(`exp_${part}`))));
      expect(found.total, line).toBe(Number(cell('exp_total')));
      expect(found.single_3, line).toBe(cell('exp_single_parameter_3') === '1');
      expect(found.band, line).toBe(cell('exp_band'));
    }
  });

  test('every total has one band, and none beyond twenty', () => {
    const order = Array.from({ length: 21 }, (_, total) => severity(bandOf(total, true)));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(severity(null)).toBeLessThan(severity('zero'));
    expect(() => bandOf(21, false)).toThrow(RangeError);
  });
});

describe('rounding', () => {
  test.each(rounding.half_up_tenths)('$written to tenths', ({ written, tenths }) => {
    expect(halfUpTenths(written)).toBe(tenths);
  });
  test.each(rounding.half_up_whole)('$written to a whole number', (one) => {
    expect(halfUpWhole(one.written)).toBe(one.whole);
  });
  test.each(rounding.tenths_c_from_tenths_f)('$tenths_f tenths of a degree Fahrenheit', (one) => {
    expect(tenthsCFromTenthsF(one.tenths_f)).toBe(one.tenths_c);
  });
  test.each(rounding.age_years)('the age of $born_on on $on', ({ born_on, on, years }) => {
    expect(ageYears(born_on, on)).toBe(years);
  });
});

describe('plausibility', () => {
  test.each(plausibility.cases)('$parameter $value beside $systolic_mmhg', (one) => {
    expect(plausible(one.parameter as Bounded, one.value, one.systolic_mmhg)).toBe(one.plausible);
  });

  test('a device value outside hard is kept as invalid and not scored', () => {
    const values: VitalSigns = { spo2_percent: 29, pulse_per_min: 80, temperature_tenths_c: 986 };
    expect(scorable(values)).toEqual({ values, invalid: [] });
    expect(outsideHard(values)).toEqual(['spo2', 'temperature']);
    const kept = scorable({ ...values, source: 'device' });
    expect(kept.invalid).toEqual(['spo2', 'temperature']);
    expect(kept.values).toMatchObject({ spo2_percent: null, pulse_per_min: 80, temperature_tenths_c: null });
  });

  test('a value outside soft is asked about once in 15 minutes, unless it is on the other side', () => {
    const minute = 60_000;
    const confirmed = [{ parameter: 'pulse' as const, value: 190, at: 0 }];
    expect(mustAsk('pulse', 100, 'yes', [], 0)).toBe(false);
    expect(mustAsk('pulse', 195, 'ask', [], 0)).toBe(true);
    expect(mustAsk('pulse', 195, 'ask', confirmed, 15 * minute)).toBe(false);
    expect(mustAsk('pulse', 195, 'ask', confirmed, 15 * minute + 1)).toBe(true);
    expect(mustAsk('pulse', 30, 'ask', confirmed, minute)).toBe(true);
    expect(mustAsk('systolic', 230, 'ask', confirmed, minute)).toBe(true);
    expect(mustAsk('pulse', 400, 'retype', confirmed, minute)).toBe(true);
  });
});

describe('the number pad', () => {
  test.each(pads.cases)('$pad: $keys (correcting: $correcting)', (one) => {
    const pad = one.pad as PadName;
    let typing: Typing = { ...(one.correcting ? correct(pad) : begin(pad)), goesOn: false };
    for (const key of one.keys) {
      if (typing.goesOn) break;
      typing = press(typing, key === '<' ? 'delete' : key === '>' ? 'next' : { digit: key });
    }
    expect(shown(typing)).toBe(one.shows);
    expect(typing.goesOn).toBe(one.goes_on);
    if (one.goes_on) expect(value(typing)).toBe(one.value);
  });

  test('a high-flow device gives tens of litres', () => {
    expect([flowPad('nasal_cannula'), flowPad('high_flow_nasal')]).toEqual([
      'oxygen_flow',
      'oxygen_flow_high',
    ]);
  });
});
