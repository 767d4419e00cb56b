/** Half-up rounding on whole numbers: no binary floats near a band's edge. */

const DECIMAL = /^([0-9]{1,6})(?:\.([0-9]+))?$/;

/** Tenths of a decimal number as written, half-up (35.05 is 351); null if it is not one, or negative. */
export function halfUpTenths(written: string): number | null {
  const found = DECIMAL.exec(written);
  if (!found) return null;
  const decimals = `${found[2] ?? ''}00`;
  return Number(found[1]) * 10 + Number(decimals[0]) + ((decimals[1] ?? '0') >= '5' ? 1 : 0);
}

/** A decimal number as written, half-up to a whole one (20.5 is 21); null if it is not one, or negative. */
export function halfUpWhole(written: string): number | null {
  const found = DECIMAL.exec(written);
  if (!found) return null;
  return Number(found[1]) + ((found[2]?.[0] ?? '0') >= '5' ? 1 : 0);
}

/** Fahrenheit to Celsius, both in tenths, half-up (98.6 F is 37.0 C). */
export function tenthsCFromTenthsF(tenthsF: number): number {
  return Math.floor((2 * 5 * (tenthsF - 320) + 9) / 18);
}
