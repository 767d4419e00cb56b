/** Where this tablet believes to be, if it can say so at once. Never required: nothing waits for it for long. */
import type { Position } from '../schemas';

/** Nobody who starts a visit waits longer; a question of the browser counts, too. */
const WITHIN_MS = 2000;
/** A position of the last minute is one of now. */
const FRESH_MS = 60_000;
const E7 = 10_000_000;
const FURTHEST_M = 1_000_000;

/** A reading as an entry carries it. Undefined for one that says nothing. */
export function asPosition(coords: Pick<GeolocationCoordinates, 'latitude' | 'longitude' | 'accuracy'>) {
  const figures = [coords.latitude, coords.longitude, coords.accuracy];
  if (!figures.every(Number.isFinite) || Math.abs(coords.latitude) > 90 || Math.abs(coords.longitude) > 180)
    return undefined;
  return {
    latitude_e7: Math.round(coords.latitude * E7),
    longitude_e7: Math.round(coords.longitude * E7),
    accuracy_m: Math.min(Math.ceil(Math.max(coords.accuracy, 0)), FURTHEST_M),
  } satisfies Position;
}

/** Where she was so lately is near enough to look for her. */
const NEAR_MS = 5 * 60_000;

let last: { at_ms: number; position: Position } | undefined;

/** The position of the last minutes, if there was one. */
export function lastPosition(): Position | undefined {
  return last && performance.now() - last.at_ms <= NEAR_MS ? last.position : undefined;
}

/** The position now; undefined when it is refused, unknown, or not known soon enough. It never throws. */
export function positionNow(within_ms = WITHIN_MS): Promise<Position | undefined> {
  const asked = new Promise<Position | undefined>((resolve) => {
    if (!('geolocation' in navigator)) return resolve(undefined);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const position = asPosition(coords);
        if (position) last = { at_ms: performance.now(), position };
        resolve(position);
      },
      () => resolve(undefined),
      { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout: within_ms },
    );
  });
  const enough = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), within_ms));
  return Promise.race([asked, enough]);
}
