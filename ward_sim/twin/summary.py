"""The sync state as a person needs it, derived from the core's state."""

from math import floor

from ward_sim.twin.contract import Json, State
from ward_sim.twin.offset import clock_at

_REFUSES_THE_TABLET = (401, 403)
_BUSY = frozenset({408, 425, 429, 500, 503, 507})


def summary(state: State, now: Json) -> Json:
    """Return what the header pill and the tray say."""
    push = state.push
    waits = bool(push.waiting) and push.lock == "none" and push.retry_at > now["mono_ms"]
    return {
        "waiting": len(push.waiting),
        "held": len(push.held),
        "resending": len(push.resent),
        "sending": push.flight is not None or push.settling is not None,
        "connection": _connection(state, now),
        "last_sent_at": push.last_sent_at,
        "next_try_at": now["wall_ms"] + floor(push.retry_at - now["mono_ms"] + 0.5) if waits else None,
        **clock_at(state.clock, now),
    }


def _connection(state: State, now: Json) -> str:
    push, live = state.push, state.live
    if push.refused in _REFUSES_THE_TABLET:
        return "refused"
    # A socket may look open long after the line is gone: a post that found nobody knows better.
    if push.attempt > 0 and push.waiting:
        return "busy" if push.refused in _BUSY else "unreachable"
    if live.socket == "open":
        return "connected"
    if live.attempt > 1:
        # Where sockets do not pass, the server is polled: it is there as long as it answers that.
        polled = any(feed.attempt == 0 and feed.poll_at > now["mono_ms"] for feed in state.feeds.values())
        return "connected" if polled else "unreachable"
    return "trying" if live.lock else "connected"
