/** The seven parameters in the chart's order, and how a value of each is written. */
import type { VitalSigns } from '../schemas';
import { oxygenWords, tenths } from './set_words';

export const PARAMETERS = [
  'respiratory_rate',
  'spo2',
  'oxygen',
  'systolic',
  'pulse',
  'consciousness',
  'temperature',
] as const;
export type ParameterName = (typeof PARAMETERS)[number];

/** The charted value as text; null where nothing was charted. */
export function valueText(values: VitalSigns, name: ParameterName): string | null {
  if (name === 'oxygen') return oxygenWords(values) || null;
  if (name === 'consciousness') return values.consciousness ?? null;
  if (name === 'temperature') {
    const value = values.temperature_tenths_c;
    return value === null || value === undefined ? null : tenths(value);
  }
  const number = {
    respiratory_rate: values.respiratory_rate_per_min,
    spo2: values.spo2_percent,
    systolic: values.systolic_mmhg,
    pulse: values.pulse_per_min,
  }[name];
  return number === null || number === undefined ? null : String(number);
}
