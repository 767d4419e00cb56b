/** Says instants and spans the nurse's way: 24 hours, in the unit's time zone, whatever the device thinks. */
import { currentLanguage, t } from './index.svelte';

const formats = new Map<string, Intl.DateTimeFormat>();
let zone: string | undefined;

/** Sets the time zone of the unit; without one the device's is used. */
export function setTimeZone(time_zone: string | undefined): void {
  zone = time_zone;
}

/** `14:52`. */
export function clockTime(at: Date | string | number): string {
  return format('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));
}

/** `2026-11-22`: the date of an instant in the unit; dates compare as text. */
export function dateIn(at: Date | string | number): string {
  return format('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(at));
}

/** `Sun 22 Nov`, in the person's language. */
export function shortDate(at: Date | string | number): string {
  return format(locale(), { weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(at));
}

/** `03 Feb 1945` for a date without time, such as `1945-02-03`: no zone can move it. */
export function dateOfBirth(date: string): string {
  return format(locale(), { day: '2-digit', month: 'short', year: 'numeric' }, 'UTC').format(
    new Date(`${date}T00:00Z`),
  );
}

/** `20 min`, `2 h`, `2 h 05 min`, `3 d`: whole units, rounded down, never negative. */
export function span(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 120) return t('app.minutes', { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return t('app.days', { count: Math.floor(hours / 24) });
  if (minutes % 60 === 0) return t('app.hours', { count: hours });
  return t('app.hours_minutes', { hours, minutes: String(minutes % 60).padStart(2, '0') });
}

function locale(): string {
  return currentLanguage() === 'en' ? 'en-GB' : currentLanguage();
}

function format(tag: string, options: Intl.DateTimeFormatOptions, fixed_zone?: string): Intl.DateTimeFormat {
  const timeZone = fixed_zone ?? zone;
  const name = `${tag} ${timeZone} ${JSON.stringify(options)}`;
  let known = formats.get(name);
  if (!known) {
    known = new Intl.DateTimeFormat(tag, timeZone ? { ...options, timeZone } : options);
    formats.set(name, known);
  }
  return known;
}
