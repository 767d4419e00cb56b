/** A time of day as a nurse types it, read as an instant by the unit's clock, whatever zone the tablet is set to. */

const MINUTE_MS = 60_000;
const DAY = 24 * 60;

/** Minutes since midnight of "04:00"; null when it is no time. */
function minutesOf(text: string): number | null {
  const parts = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : null;
}

/** The instant about `ahead` minutes from `now_ms` at which `clock` says `wanted`; clocks may change in between. */
function instant(wanted: number, ahead: number, now_ms: number, clock: (ms: number) => string): string {
  let at = now_ms - (now_ms % MINUTE_MS) + ahead * MINUTE_MS;
  const off = (wanted - (minutesOf(clock(at)) ?? wanted) + DAY) % DAY;
  at += (off > DAY / 2 ? off - DAY : off) * MINUTE_MS;
  return new Date(at).toISOString();
}

/** The coming instant with this time of day ("04:00" typed at 22:30 is tomorrow's); null when it is no time. */
export function nextTime(text: string, now_ms: number, clock: (ms: number) => string): string | null {
  const wanted = minutesOf(text);
  if (wanted === null) return null;
  const ahead = (wanted - (minutesOf(clock(now_ms)) ?? 0) + DAY) % DAY;
  return instant(wanted, ahead, now_ms, clock);
}

/** The latest instant that had this time of day ("23:50" typed at 00:10 is yesterday's); null when it is no time. */
export function lastTime(text: string, now_ms: number, clock: (ms: number) => string): string | null {
  const wanted = minutesOf(text);
  if (wanted === null) return null;
  const ago = ((minutesOf(clock(now_ms)) ?? 0) - wanted + DAY) % DAY;
  return instant(wanted, -ago, now_ms, clock);
}
