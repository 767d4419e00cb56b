/** The number pad as a machine: digits in, the value and "go on" out. Its figures are reference/number_pad.json. */
import table from '$shared/reference/number_pad.json';
import type { OxygenDevice } from '../schemas.ts';

export type PadName = keyof typeof table.pads;
type Pad = {
  longest: number;
  implied_tenths?: boolean;
  zero_leads_tenths?: boolean;
  digits_by_first: Record<string, number | null>;
};

/** What is typed so far. While a value is corrected the pad never goes on by itself. */
export type Typed = { pad: PadName; digits: string; correcting: boolean };
export type Key = { digit: string } | 'delete' | 'next';
/** `goesOn`: the value is there, the next parameter has the pad. */
export type Typing = Typed & { goesOn: boolean };

const padOf = (name: PadName): Pad => table.pads[name];

/** An empty pad for a parameter. */
export function begin(pad: PadName): Typed {
  return { pad, digits: '', correcting: false };
}

/** One tap back: the typed value stands until a key replaces it. */
export function correct(pad: PadName): Typed {
  return { pad, digits: '', correcting: true };
}

/** The flow pad of a device: high-flow devices give tens of litres. */
export function flowPad(device: OxygenDevice): PadName {
  return table.high_flow_devices.includes(device) ? 'oxygen_flow_high' : 'oxygen_flow';
}

/** What a key does. */
export function press(typed: Typed, key: Key): Typing {
  if (key === 'next') return { ...typed, goesOn: true };
  if (key === 'delete') return { ...typed, digits: typed.digits.slice(0, -1), goesOn: false };
  const pad = padOf(typed.pad);
  if (typed.digits.length >= pad.longest) return { ...typed, goesOn: false };
  const digits = typed.digits + key.digit;
  const expected = pad.digits_by_first[digits[0] ?? ''] ?? null;
  return { ...typed, digits, goesOn: !typed.correcting && expected !== null && digits.length >= expected };
}

/** Digits before the decimal point: 36.8 is typed 3 6 8, 100.4 is typed 1 0 0 4; all of them where there is none. */
function wholeDigits({ pad, digits }: Typed): number {
  const { implied_tenths, zero_leads_tenths, digits_by_first } = padOf(pad);
  if (implied_tenths) return Math.max(1, (digits_by_first[digits[0] ?? ''] ?? 2) - 1);
  return zero_leads_tenths && digits[0] === '0' ? 1 : digits.length;
}

/** The digits as a nurse reads them, with an implied decimal point. */
export function shown(typed: Typed): string {
  const whole = wholeDigits(typed);
  const { digits } = typed;
  return digits.length > whole ? `${digits.slice(0, whole)}.${digits.slice(whole)}` : digits;
}

/** The value typed, temperature and flow in tenths; null when nothing is. */
export function value(typed: Typed): number | null {
  const { pad, digits } = typed;
  if (!digits) return null;
  const inTenths = padOf(pad).implied_tenths || pad.startsWith('oxygen_flow');
  return Number(digits) * (inTenths && digits.length <= wholeDigits(typed) ? 10 : 1);
}
