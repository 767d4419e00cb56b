"""Waiting after a failure: full jitter, base 1 s, cap 60 s (docs/protocol.md)."""

from ward_sim.chance import Chance
from ward_sim.twin.contract import Json, State

_BASE_MS = 1_000
_CAP_MS = 60_000
# A hint that the network is back is worth an early try, but not from every tablet of a ward at once.
_HINT_MS = 250
# A link that flaps gives many hints: at most two tries a second come of them.
_TRY_GAP_MS = 500


def back_off(state: State, attempt: int, now: Json, retry_after_s: float | None = 0) -> float:
    """Return the monotonic instant of the next try after `attempt` failures before this one."""
    return now["mono_ms"] + max(pause_ms(state.chance, attempt), (retry_after_s or 0) * 1000)


def pause_ms(chance: Chance, attempt: int) -> int:
    """Return how long to wait after `attempt` failures before this one."""
    return chance.jitter(min(_CAP_MS, _BASE_MS * 2 ** min(attempt, 10)))


def hinted(state: State, retry_at: float, tried_at: float, now: Json) -> float:
    """Return a waiting try brought forward because something says that the network is back."""
    early = max(now["mono_ms"] + state.chance.jitter(_HINT_MS), tried_at + _TRY_GAP_MS)
    return min(retry_at, early)
