/** The calendar day of an instant in a unit's time zone, whatever the device thinks. Pure. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-22`, so that days compare as texts. */
export function dayAt(at: string | number, time_zone: string): string {
  // Swedish writes days so.
  const format =
    formats.get(time_zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone, dateStyle: 'short' });
  formats.set(time_zone, format);
  return format.format(new Date(at));
}
