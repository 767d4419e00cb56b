import { describe, expect, test } from 'vitest';
import { isGone } from './draft_age';
import { ChartingForm, correcting } from './form.svelte';

const NOW = Date.parse('2026-03-01T14:52:00Z');

/** Types digits as taps; returns how many. */
function tap(form: ChartingForm, digits: string): number {
  for (const digit of digits) form.press({ digit }, NOW);
  return digits.length;
}

describe('a full set', () => {
  test('is typed without a single Next', () => {
    const form = new ChartingForm();
    let taps = tap(form, '18') + tap(form, '96');
    form.breathe({ on_oxygen: false }, NOW);
    taps += 1 + tap(form, '124') + tap(form, '88');
    form.wake('A', NOW);
    taps += 1 + tap(form, '368');
    expect(form.values).toMatchObject({
      respiratory_rate_per_min: 18,
      spo2_percent: 96,
      on_oxygen: false,
      systolic_mmhg: 124,
      pulse_per_min: 88,
      consciousness: 'A',
      temperature_tenths_c: 368,
    });
    expect(form.active).toBeNull();
    // Two more open the patient and the form, one saves: at most 20 in all.
    expect(taps + 3).toBeLessThanOrEqual(20);
  });

  test('begins with nothing filled in', () => {
    expect(new ChartingForm().values).toEqual({});
    expect(new ChartingForm().dirty).toBe(false);
  });
});

describe('a doubtful value', () => {
  const asked = () => {
    const form = new ChartingForm();
    form.activate('pulse', NOW);
    tap(form, '240');
    return form;
  };

  test('is kept and asked about', () => {
    const form = asked();
    expect(form.values.pulse_per_min).toBe(240);
    expect(form.questions).toEqual([{ parameter: 'pulse', value: 240, found: 'ask' }]);
  });

  test('is marked when the nurse says yes', () => {
    const form = asked();
    form.confirm(form.questions[0] as never, NOW);
    expect(form.questions).toEqual([]);
    expect(form.values.confirmed).toEqual(['pulse']);
  });

  test('is taken out when she types again', () => {
    const form = asked();
    form.retype(form.questions[0] as never, NOW);
    expect(form.values.pulse_per_min).toBeUndefined();
    expect(form.active).toBe('pulse');
  });

  test('a Fahrenheit reading keeps its original and counts in Celsius', () => {
    const form = new ChartingForm();
    form.activate('temperature', NOW);
    tap(form, '986');
    form.wasFahrenheit(form.questions[0] as never);
    expect(form.values.temperature_as_measured).toEqual({ value_tenths: 986, unit: '[degF]' });
    expect(form.values.temperature_tenths_c).toBe(370);
  });
});

test('a value not done carries its reason, and a value takes the reason away', () => {
  const form = new ChartingForm();
  form.notDone('respiratory_rate', 'refused', NOW);
  expect(form.reasonFor('respiratory_rate')).toBe('refused');
  expect(form.active).toBe('spo2');
  form.activate('respiratory_rate', NOW);
  tap(form, '18');
  form.next(NOW);
  expect(form.reasonFor('respiratory_rate')).toBeUndefined();
});

test('a draft brings back every value and goes on where it stopped', () => {
  const form = new ChartingForm();
  tap(form, '18');
  tap(form, '96');
  const again = new ChartingForm(form.draft);
  expect(again.values).toMatchObject({ respiratory_rate_per_min: 18, spo2_percent: 96 });
  expect(again.active).toBe('oxygen');
});

test('a draft brings back the question about a doubtful value, and what was said about the score', () => {
  const form = new ChartingForm();
  form.activate('systolic', NOW);
  tap(form, '240');
  form.already_escalated = true;
  form.monitor_attached = false;
  const again = new ChartingForm(form.draft);
  expect(again.questions).toEqual([{ parameter: 'systolic', value: 240, found: 'ask' }]);
  expect([again.already_escalated, again.monitor_attached]).toEqual([true, false]);
});

describe('values that were not saved at once', () => {
  const EIGHT = Date.parse('2026-03-01T08:00:00Z');
  const later = (minutes: number) => EIGHT + minutes * 60_000;
  const typedAtEight = () => {
    const form = new ChartingForm();
    for (const digit of '26') form.press({ digit }, EIGHT);
    form.acting = true;
    return form;
  };

  test('were true when they were typed, not when they come back, and nobody is acting on them', () => {
    const again = new ChartingForm(typedAtEight().draft);
    again.age(later(180));
    expect(again.observed_at).toBe('2026-03-01T08:00:00.000Z');
    expect(again.acting).toBe(false);
    expect(again.typed_before).toBe('2026-03-01T08:00:00.000Z');
  });

  test('within 5 min are one visit to the bed: they go on as they were', () => {
    const again = new ChartingForm(typedAtEight().draft);
    again.age(later(5));
    expect([again.observed_at, again.acting, again.typed_before]).toEqual([null, true, null]);
    again.age(later(5) + 1);
    expect([again.observed_at, again.acting]).toEqual(['2026-03-01T08:00:00.000Z', false]);
  });

  test('age on a screen that stays open too, and a value more does not make them new', () => {
    const form = typedAtEight();
    form.press({ digit: '9' }, later(30));
    expect(form.observed_at).toBe('2026-03-01T08:00:00.000Z');
  });

  test('keep the time that a person gave them', () => {
    const form = typedAtEight();
    form.observe('2026-03-01T07:45:00.000Z', EIGHT);
    form.age(later(180));
    expect([form.observed_at, form.acting]).toEqual(['2026-03-01T07:45:00.000Z', false]);
  });

  test('go on when she says so, at the time at which they were true', () => {
    const form = typedAtEight();
    form.age(later(180));
    form.goOn(later(180));
    form.age(later(181));
    expect([form.observed_at, form.typed_before]).toEqual(['2026-03-01T08:00:00.000Z', null]);
  });

  test('are of now when she says that they are', () => {
    const form = typedAtEight();
    form.observe(null, later(20));
    form.age(later(21));
    expect(form.observed_at).toBeNull();
  });

  test('are thrown away after 12 h, and when nobody can say when they were typed', () => {
    const { draft } = typedAtEight();
    expect(isGone(draft.typed_at, later(12 * 60))).toBe(false);
    expect(isGone(draft.typed_at, later(12 * 60) + 1)).toBe(true);
    expect(isGone(undefined, later(0))).toBe(true);
  });

  test('a reason for a value not done is typed as well', () => {
    const form = new ChartingForm();
    form.notDone('respiratory_rate', 'refused', EIGHT);
    form.age(later(60));
    expect(form.observed_at).toBe('2026-03-01T08:00:00.000Z');
  });
});

test('a correction begins with the set that it corrects, and a change of that row leaves what was typed since', () => {
  const row = { entry_id: 'v1', observed_at: '2026-03-01T14:00:00Z', values: { pulse_per_min: 88 } };
  const form = correcting(row, new ChartingForm());
  expect([form.values, form.observed_at]).toEqual([row.values, row.observed_at]);
  form.activate('pulse', NOW);
  tap(form, '98');
  form.next(NOW);
  const same = correcting({ ...row, values: { ...row.values } }, form);
  expect(same.values.pulse_per_min).toBe(98);
  expect(correcting({ ...row, entry_id: 'v2' }, form).values.pulse_per_min).toBe(88);
});
