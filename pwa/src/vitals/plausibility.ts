/** What a value may plausibly be, from reference/plausibility.json: asked about, kept, never refused. */
import table from '$shared/reference/plausibility.json';
import type { Parameter, VitalSigns } from '../schemas.ts';

type Bounds = { hard: number[]; soft: number[]; zero_recordable: boolean; below?: string };
export type Bounded = keyof typeof table.parameters;
/** What the tablet does with a value: nothing, asks once, asks whether it is Fahrenheit, or asks to type it again. */
export type Plausible = 'yes' | 'ask' | 'fahrenheit' | 'retype';

export const FIELDS = {
  respiratory_rate: 'respiratory_rate_per_min',
  spo2: 'spo2_percent',
  systolic: 'systolic_mmhg',
  diastolic: 'diastolic_mmhg',
  pulse: 'pulse_per_min',
  temperature: 'temperature_tenths_c',
} as const satisfies Record<Bounded, keyof VitalSigns>;
export const BOUNDED = Object.keys(FIELDS) as Bounded[];

const within = (value: number, [low = 0, high = 0]: number[]) => low <= value && value <= high;

/** How plausible one value is, in the unit of its field; a diastolic is also held against the systolic. */
export function plausible(parameter: Bounded, value: number, systolicMmhg: number | null = null): Plausible {
  const bounds: Bounds = table.parameters[parameter];
  if (parameter === 'temperature' && within(value, table.ask_fahrenheit_tenths_c)) return 'fahrenheit';
  if (value === 0 && bounds.zero_recordable) return 'ask';
  if (!within(value, bounds.hard)) return 'retype';
  if (bounds.below && systolicMmhg !== null && value >= systolicMmhg) return 'ask';
  return within(value, bounds.soft) ? 'yes' : 'ask';
}

/** A value that somebody confirmed, and when. */
export type Confirmed = { parameter: Parameter; value: number; at: number };

/** A value outside soft is not asked about again for a while after one on the same side was confirmed. */
export function mustAsk(
  parameter: Bounded,
  value: number,
  found: Plausible,
  confirmed: readonly Confirmed[],
  now: number,
): boolean {
  if (found === 'yes') return false;
  if (found !== 'ask') return true;
  const [low = 0] = table.parameters[parameter].soft;
  const recent = now - table.ask_again_after_minutes * 60_000;
  return !confirmed.some(
    (one) => one.parameter === parameter && one.at >= recent && one.value < low === value < low,
  );
}

/** Parameters whose value lies outside the hard bounds. */
export function outsideHard(values: VitalSigns): Bounded[] {
  return BOUNDED.filter((parameter) => {
    const value = values[FIELDS[parameter]] ?? null;
    return value !== null && ['retype', 'fahrenheit'].includes(plausible(parameter, value));
  });
}

/** The values that may be scored, and a device's values outside the hard bounds: kept as invalid, not scored. */
export function scorable(values: VitalSigns): { values: VitalSigns; invalid: Bounded[] } {
  if (values.source !== 'device') return { values, invalid: [] };
  const invalid = outsideHard(values);
  const emptied = Object.fromEntries(invalid.map((parameter) => [FIELDS[parameter], null]));
  return { values: { ...values, ...emptied }, invalid };
}
