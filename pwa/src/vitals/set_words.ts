/** A set as one line, in the order of the chart: "24 · 94 air · 106 · 112 · A · 38.4". */
import { t } from '../app/i18n/index.svelte';
import type { VitalSigns } from '../schemas';

/** Tenths as a decimal: 384 is "38.4". */
export function tenths(value: number): string {
  return (value / 10).toFixed(1);
}

/** "Air", or the device with its flow: "Nasal 2 L". Empty when not charted. */
export function oxygenWords(values: VitalSigns): string {
  if (values.on_oxygen === null || values.on_oxygen === undefined) return '';
  if (!values.on_oxygen) return t('vitals.air');
  const device = t(`vitals.device.${values.oxygen_device ?? 'other'}`);
  const flow = values.oxygen_flow_tenths_l_per_min;
  const litres = flow === null || flow === undefined ? '' : ` ${flow % 10 ? tenths(flow) : flow / 10} L`;
  return `${device}${litres}${values.fio2_percent ? ` ${values.fio2_percent} %` : ''}`;
}

/** A skipped value prints a dash in its place. */
export function setWords(values: VitalSigns): string {
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : String(value);
  const temperature = values.temperature_tenths_c;
  return [
    number(values.respiratory_rate_per_min),
    `${number(values.spo2_percent)} ${oxygenWords(values)}`.trim(),
    number(values.systolic_mmhg),
    number(values.pulse_per_min),
    values.consciousness ?? '–',
    temperature === null || temperature === undefined ? '–' : tenths(temperature),
  ].join(' · ');
}
