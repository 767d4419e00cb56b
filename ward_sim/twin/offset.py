"""How far this tablet's wall clock is from the server's, by the best round trip; the other clock notices jumps."""

from math import floor, inf

from ward_sim.instants import HOUR, MINUTE, instant_ms
from ward_sim.twin.contract import Clock, Json

_BEST_FOR_MS = 10 * MINUTE
_FRESH_FOR_MS = 12 * HOUR
_JUMP_MS = 1_000


def measure(clock: Clock | None, server_at: object, sent_at: Json, now: Json) -> Clock | None:
    """Take one answer in: kept if its round trip is the best of late, or if the wall clock has jumped."""
    server_ms = server_clock(server_at)
    if server_ms is None:
        return clock
    rtt_ms = now["mono_ms"] - sent_at["mono_ms"]
    if clock is not None:
        better = rtt_ms <= clock.rtt_ms or now["mono_ms"] - clock.at_mono_ms > _BEST_FOR_MS
        if not better and not _jumped(clock, now):
            return clock
    # The middle of the round trip in today's wall clock, so that a jump during the trip does no harm.
    offset_ms = floor(server_ms - (now["wall_ms"] - rtt_ms / 2) + 0.5)
    return Clock(offset_ms, rtt_ms, now["mono_ms"], now["wall_ms"] - now["mono_ms"])


def clock_at(clock: Clock | None, now: Json) -> Json:
    """Return offset and quality for an entry that is saved now."""
    if clock is None:
        return {"clock_offset_ms": 0, "clock_quality": "unknown"}
    fresh = not _jumped(clock, now) and now["mono_ms"] - clock.at_mono_ms <= _FRESH_FOR_MS
    return {"clock_offset_ms": clock.offset_ms, "clock_quality": "fresh" if fresh else "stale"}


def remembered(offset_ms: int | None) -> Clock | None:
    """Return an offset kept from an earlier start of the app: used, but stale until the server is heard again."""
    return None if offset_ms is None else Clock(offset_ms, inf, -inf, 0)


def server_clock(server_at: object) -> int | None:
    """Return the server's clock in an answer, in ms; None where it said none."""
    try:
        return instant_ms(server_at) if isinstance(server_at, str) else None
    except (ValueError, TypeError):
        return None


def _jumped(clock: Clock, now: Json) -> bool:
    return abs(now["wall_ms"] - now["mono_ms"] - clock.wall_minus_mono) > _JUMP_MS
