/** Where this tablet believes to be, if it can say so. Never required: nothing waits for it. */
import type { Position } from '../schemas';

/** A satellite needs its time; nothing waits for it. */
const WITHIN_MS = 8000;
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

/** A visit is long: who ends it is told where she is now, not where she began. */
const ASK_EVERY_MS = 2 * 60_000;

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

/** Asks at once and every two minutes, so that a tap finds the position known; answers how to stop. */
export function followPosition(): () => void {
  void positionNow();
  const asking = setInterval(() => void positionNow(), ASK_EVERY_MS);
  return () => clearInterval(asking);
}

/** The last known position as an entry carries it, for a tap that is kept at once. */
export function withPosition(): { position?: Position } {
  const position = lastPosition();
  return position ? { position } : {};
}
