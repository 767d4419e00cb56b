"""Numbers that never reached the server: those that storage still has go once more."""

from typing import Any

from ward_sim.instants import MINUTE
from ward_sim.twin.contract import Json, State, is_number, whole

# What this tablet does not have either is missed in every answer from then on.
_LOOK_AGAIN_MS = 10 * MINUTE


def missing_heard(state: State, missing: object, now: Json) -> list[Json]:
    """Take in what an answer to a batch says that the server misses."""
    spans = [one for one in missing if _is_span(one)] if isinstance(missing, list) else []
    names = [f"{whole(first)}-{whole(last)}" for first, last in spans]
    until = [state.push.looked.get(name, 0) for name in names]
    wanted = [span for span, at in zip(spans, until, strict=True) if at <= now["mono_ms"]]
    again_at = now["mono_ms"] + _LOOK_AGAIN_MS
    looked = [again_at if at <= now["mono_ms"] else at for at in until]
    state.push.looked = dict(zip(names, looked, strict=True))
    return [{"action": "resend_missing", "spans": wanted}] if wanted else []


def _is_span(one: Any) -> bool:
    numbers = isinstance(one, list) and len(one) == 2 and all(is_number(n) and n == int(n) > 0 for n in one)
    return numbers and one[0] <= one[1]
