/** How far this tablet's wall clock is from the server's, from the best round trip; the monotonic clock notices jumps. */
import type { Clock, Now } from './contract.ts';

const BEST_FOR_MS = 10 * 60_000;
const FRESH_FOR_MS = 12 * 60 * 60_000;
const JUMP_MS = 1_000;

/** Takes one answer of the server in: kept if its round trip is the best of late, or if the wall clock has jumped. */
export function measure(clock: Clock, server_at: unknown, sent_at: Now, now: Now): Clock {
  const server_ms = serverMs(server_at);
  if (server_ms === null) return clock;
  const rtt_ms = now.mono_ms - sent_at.mono_ms;
  const better = !clock || rtt_ms <= clock.rtt_ms || now.mono_ms - clock.at_mono_ms > BEST_FOR_MS;
  if (!better && !jumped(clock, now)) return clock;
  return {
    // The middle of the round trip in today's wall clock, so that a jump during the trip does no harm.
    offset_ms: Math.round(server_ms - (now.wall_ms - rtt_ms / 2)),
    rtt_ms,
    at_mono_ms: now.mono_ms,
    wall_minus_mono: now.wall_ms - now.mono_ms,
  };
}

/** The server's clock in an answer, in ms; null where it said none. */
export function serverMs(server_at: unknown): number | null {
  const server_ms = typeof server_at === 'string' ? Date.parse(server_at) : Number.NaN;
  return Number.isNaN(server_ms) ? null : server_ms;
}

/** Offset and quality for an entry that is saved now. */
export function clockAt(
  clock: Clock,
  now: Now,
): { clock_offset_ms: number; clock_quality: 'unknown' | 'stale' | 'fresh' } {
  if (!clock) return { clock_offset_ms: 0, clock_quality: 'unknown' };
  const fresh = !jumped(clock, now) && now.mono_ms - clock.at_mono_ms <= FRESH_FOR_MS;
  return { clock_offset_ms: clock.offset_ms, clock_quality: fresh ? 'fresh' : 'stale' };
}

/** An offset kept from an earlier start of the app: used, but stale until the server is heard again. */
export function remembered(offset_ms: number | null): Clock {
  if (offset_ms === null) return null;
  return {
    offset_ms,
    rtt_ms: Number.POSITIVE_INFINITY,
    at_mono_ms: Number.NEGATIVE_INFINITY,
    wall_minus_mono: 0,
  };
}

function jumped(clock: NonNullable<Clock>, now: Now): boolean {
  return Math.abs(now.wall_ms - now.mono_ms - clock.wall_minus_mono) > JUMP_MS;
}
