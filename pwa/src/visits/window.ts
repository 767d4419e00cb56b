/** A window as a coordinator types it: a day and two times of it by the unit's clock. Pure. */

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 30 * MINUTE_MS;
const LONGEST_MS = 12 * 60 * MINUTE_MS;

/** How the unit's clock and calendar say an instant: `14:52`, `2026-11-22`. */
export interface Calendar {
  clock: (ms: number) => string;
  date: (ms: number) => string;
}

export interface Typed {
  day: string;
  from: string;
  to: string;
}

/** The instant at which calendar and clock say this day and time; null when it is none. */
export function instantOn(day: string, time: string, { clock, date }: Calendar): string | null {
  const parts = TIME.exec(time.trim());
  const wanted = Date.parse(`${day}T${parts?.[1]?.padStart(2, '0')}:${parts?.[2]}Z`);
  if (!parts || !/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(wanted)) return null;
  const read = (ms: number) => Date.parse(`${date(ms)}T${clock(ms)}Z`);
  let at = wanted;
  // The second turn is for a day on which the clocks change.
  for (let turn = 0; turn < 2; turn += 1) at += wanted - read(at);
  return new Date(at).toISOString();
}

/** What was typed as instants; an end at an earlier time of day is one of the next day. Null when it is no window. */
function endsOf({ day, from, to }: Typed, calendar: Calendar) {
  const window_from_at = instantOn(day, from, calendar);
  const same_day = instantOn(day, to, calendar);
  if (!window_from_at || !same_day || same_day === window_from_at) return null;
  const next_day = Date.parse(same_day) < Date.parse(window_from_at);
  const window_to_at = next_day ? instantOn(dayAfter(day), to, calendar) : same_day;
  return window_to_at ? { window_from_at, window_to_at, next_day } : null;
}

/** Whether the window that was typed ends on the next day. */
export function endsNextDay(typed: Typed, calendar: Calendar): boolean {
  return endsOf(typed, calendar)?.next_day ?? false;
}

/** Whether it is longer than half a day: a slip of the finger, as a rule. */
export function isTooLong(typed: Typed, calendar: Calendar): boolean {
  const ends = endsOf(typed, calendar);
  return ends !== null && Date.parse(ends.window_to_at) - Date.parse(ends.window_from_at) > LONGEST_MS;
}

/** The window that was typed. Null when it is none that is taken. */
export function windowOf(typed: Typed, calendar: Calendar) {
  const ends = endsOf(typed, calendar);
  if (!ends || isTooLong(typed, calendar)) return null;
  const { window_from_at, window_to_at } = ends;
  return { window_from_at, window_to_at };
}

/** `2026-11-30` after `2026-11-29`. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00Z`) + 24 * 60 * MINUTE_MS).toISOString().slice(0, 10);
}

/** A window as it would be typed. */
export function typedOf(from_ms: number, to_ms: number, { clock, date }: Calendar): Typed {
  return { day: date(from_ms), from: clock(from_ms), to: clock(to_ms) };
}

/** What an empty form begins with: an hour from the next half hour on. */
export function soon(now_ms: number, calendar: Calendar): Typed {
  const from_ms = Math.ceil((now_ms + 1) / HALF_HOUR_MS) * HALF_HOUR_MS;
  return typedOf(from_ms, from_ms + 2 * HALF_HOUR_MS, calendar);
}
