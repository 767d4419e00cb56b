"""Reads the server's answer to a batch: nothing but a verdict on each entry takes anything out of the outbox."""

from dataclasses import dataclass, field

from ward_sim.twin.contract import Json, Pushing, is_number, text

_FINAL = frozenset({"accepted", "duplicate", "flagged"})
_LATER_S = 5


@dataclass(slots=True)
class Verdicts:
    """The verdicts on a batch, by what becomes of its entries."""

    heads: dict[str, int]
    epoch: str
    sent: list[Json] = field(default_factory=list)
    held: list[Json] = field(default_factory=list)
    later: dict[str, float] = field(default_factory=dict)


def read_verdicts(body: object, push: Pushing, flight: list[str], now: Json) -> Verdicts | None:
    """Return the verdicts on `flight`, or None when the answer is not one that can be trusted."""
    if not isinstance(body, dict):
        return None
    answers = body.get("verdicts")
    if not isinstance(answers, list) or len(answers) != len(flight):
        return None
    by_id = {entry["entry_id"]: entry for entry in push.waiting}
    out = Verdicts(_heads(body.get("heads")), text(body.get("epoch")))
    for entry_id, answer in zip(flight, answers, strict=True):
        entry = by_id.get(entry_id)
        if entry is None or not isinstance(answer, dict):
            return None
        _read_one(out, entry, answer, now)
    return out


def _read_one(out: Verdicts, entry: Json, answer: Json, now: Json) -> None:
    verdict = answer.get("verdict")
    first = answer.get("outcome") if verdict == "duplicate" else verdict
    if first == "held":
        why = {"reason": text(answer.get("reason")), "detail": text(answer.get("detail"))}
        out.held.append({**entry, **why, "local": False})
    elif isinstance(verdict, str) and verdict in _FINAL:
        flags = answer.get("flags")
        told = [text(flag) for flag in flags] if isinstance(flags, list) else []
        out.sent.append({"entry_id": entry["entry_id"], "verdict": verdict, "flags": told})
    else:
        # `later`, or a verdict of a newer server: the entry stays.
        wait_s = answer.get("retry_after_s")
        until = now["mono_ms"] + max(1, wait_s if is_number(wait_s) else _LATER_S) * 1000
        out.later[entry["entry_id"] if entry["stay_id"] is None else entry["stay_id"]] = until


def _heads(value: object) -> dict[str, int]:
    return {feed: head for feed, head in value.items() if is_number(head)} if isinstance(value, dict) else {}
