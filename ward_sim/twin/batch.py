"""Which waiting entries may leave now: oldest first, a stay's order kept, dependants behind what they need."""

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from ward_sim.twin.contract import Json, Pushing

_MOST_ENTRIES = 500
# 256 KiB less the wrapper around the entries.
_MOST_BYTES = 256 * 1024 - 256


def next_batch(push: Pushing, now: Json) -> list[str]:
    """Return the ids of the next batch; empty when nothing may leave now."""
    only = set(push.suspects[0]) if push.suspects else None
    unsent = {entry["entry_id"] for entry in push.waiting}
    chosen: dict[str, None] = {}
    stopped: set[str] = set()
    size = 0
    for entry in push.waiting:
        entry_id, stay_id = entry["entry_id"], entry["stay_id"]
        needs = any(other in unsent and other not in chosen for other in entry["depends_on"])
        waits = _waits_until(push, entry) > now["mono_ms"] or (only is not None and entry_id not in only)
        if needs or waits or (stay_id and stay_id in stopped):
            if stay_id:
                stopped.add(stay_id)
            continue
        if len(chosen) == _MOST_ENTRIES or (chosen and size + entry["bytes"] > _MOST_BYTES):
            break
        chosen[entry_id] = None
        size += entry["bytes"] + 1
    return list(chosen)


def following(push: Pushing, batch: list[str], now: Json) -> list[str]:
    """Return the ids of the batch after this one, should all of it be taken."""
    gone = set(batch)
    waiting = [entry for entry in push.waiting if entry["entry_id"] not in gone]
    return next_batch(replace(push, waiting=waiting, suspects=without(push, batch)), now)


def in_order(waiting: Iterable[Json], more: Iterable[Json]) -> list[Json]:
    """Return `waiting` with more entries, each once, oldest first."""
    by_id = {entry["entry_id"]: entry for entry in (*waiting, *more)}
    return sorted(by_id.values(), key=lambda entry: entry["n"])


def poisoned(push: Pushing, entry_id: str, detail: str) -> list[Json]:
    """Return an entry that the server will not take, with all that need it: they stay here until a person answers."""
    out: dict[str, Json] = {}
    for entry in push.waiting:
        why = "not_taken" if entry["entry_id"] == entry_id else "depends_on_held"
        if why == "not_taken" or any(other in out for other in entry["depends_on"]):
            out[entry["entry_id"]] = {**entry, "reason": why, "detail": detail, "local": True}
    return list(out.values())


def held_with(push: Pushing) -> list[Json]:
    """Return what needs an entry that the server never took and that waits for an answer here: it waits with it."""
    out = {entry["entry_id"] for entry in push.held if entry["local"]}
    falls: list[Json] = []
    for entry in push.waiting if out else ():
        if not out.isdisjoint(entry["depends_on"]):
            out.add(entry["entry_id"])
            falls.append({**entry, "reason": "depends_on_held", "detail": "", "local": True})
    return falls


def split(push: Pushing, flight: list[str]) -> list[list[str]]:
    """Return a refused batch in two halves, before what was left of the part that it came from."""
    half = -(-len(flight) // 2)
    return [flight[:half], flight[half:], *without(push, flight)]


def without(push: Pushing, flight: Iterable[str]) -> list[list[str]]:
    """Return the suspects without those just sent; empty parts are gone."""
    gone = set(flight)
    parts = [[entry_id for entry_id in part if entry_id not in gone] for part in push.suspects]
    return [part for part in parts if part]


def _waits_until(push: Pushing, entry: Json) -> float:
    stay_id = entry["stay_id"]
    return push.later.get(entry["entry_id"] if stay_id is None else stay_id, -inf)
