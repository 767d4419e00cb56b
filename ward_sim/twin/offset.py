"""The tablet's estimate of its clock against the server's."""

from typing import Any

from ward_sim.instants import HOUR, instant_ms
from ward_sim.twin.state import ClockOffset

# A better round trip replaces an older one at once, any round trip one that is older than this.
STALE_AFTER_MS = HOUR


def measure(clock: ClockOffset, sent_at: int, now: int, server_at: str) -> None:
    """Learn from one round trip; the shortest of the last hour counts."""
    round_trip = now - sent_at
    best = clock.round_trip_ms
    if best is None or round_trip <= best or now - clock.measured_at > STALE_AFTER_MS:
        clock.offset_ms = instant_ms(server_at) - (sent_at + now) // 2
        clock.round_trip_ms = round_trip
        clock.measured_at = now


def clock_fields(clock: ClockOffset, now: int) -> dict[str, Any]:
    """Return the body's `clock_offset_ms` and `clock_quality`."""
    if clock.round_trip_ms is None:
        return {"clock_offset_ms": 0, "clock_quality": "unknown"}
    stale = now - clock.measured_at > STALE_AFTER_MS
    return {"clock_offset_ms": clock.offset_ms, "clock_quality": "stale" if stale else "fresh"}
