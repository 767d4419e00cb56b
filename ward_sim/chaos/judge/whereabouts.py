"""Where every patient is, by a book of the judge's own: kept from what people wrote, in the order of the server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ward_sim.instants import MINUTE, instant_ms

if TYPE_CHECKING:
    from ward_sim.chaos.judge.evidence import Entry, Evidence

Json = dict[str, Any]
PLACEMENTS = frozenset({"patient_admitted", "patient_transferred", "patient_discharged", "placement_cancelled"})
_MOVES_BEDS = frozenset({"bed_assigned", "beds_swapped"})
GONE = ""
_ANSWER = "held_entry_resolved"
# Who has left is shown for so long, that colleagues see where to.
_SHOWN_FOR = 15 * MINUTE


def applied_in_order(evidence: "Evidence") -> Iterator["Entry"]:
    """Entries that took effect, in the server's order; one that waited counts from when it was applied.

    A person had it applied, or the server itself when what it waited for had come (docs/protocol.md).
    """
    entries = evidence.entries.values()
    taken = [entry for entry in entries if entry.verdict in ("accepted", "flagged")]
    asked = {(one.body["held_entry_id"], one.received_at): one.place for one in taken if one.type == _ANSWER}
    applied = [((entry.place, 0, 0), entry) for entry in taken if entry.type != _ANSWER]
    for entry in entries:
        waited = evidence.held(entry.entry_id)
        if entry.verdict == "held" and waited.get("resolution") == "reapplied":
            at = instant_ms(waited["resolved_at"])
            # The server does so last in a transaction, and what was written earlier comes first.
            last = max((one.place for one in entries if one.received_at <= at), default=entry.place)
            written_at = instant_ms(waited.get("recorded_at") or waited["held_at"])
            place = asked.get((entry.entry_id, at), last), written_at, entry.n
            applied.append((place, entry._replace(received_at=at)))
    for _, entry in sorted(applied, key=lambda one: one[0]):
        yield entry


def whereabouts(evidence: "Evidence", until: str | None = None) -> dict[str, list[tuple[str, str]]]:
    """Of each stay the placements that stand, as (entry, unit); `GONE` is out of the hospital.

    `until`: what stood when that entry came; None: what stands in the end.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in applied_in_order(evidence):
        if entry.entry_id == until:
            break
        body, stay_id = entry.body, str(entry.body.get("stay_id"))
        if entry.type == "patient_admitted":
            found.setdefault(stay_id, []).append((entry.entry_id, body["unit_id"]))
        elif found.get(stay_id):
            _follow(found[stay_id], entry)
    return found


def _follow(placed: list[tuple[str, str]], entry: "Entry") -> None:
    body, (_, where) = entry.body, placed[-1]
    if entry.type == "patient_transferred":
        if body["to_unit_id"] != where:
            placed.append((entry.entry_id, body["to_unit_id"]))
    elif entry.type == "patient_discharged":
        if where != GONE:
            placed.append((entry.entry_id, GONE))
    elif entry.type in _MOVES_BEDS:
        placed.append((entry.entry_id, where))
    elif entry.type == "placement_cancelled" and placed[-1][0] == body["cancels"]:
        placed.pop()


def had_left(evidence: "Evidence", entry: "Entry") -> bool:
    """No tablet showed the patient any more when this came: the admission was taken back, or she left long before."""
    stay_id = entry.body["stay_id"]
    placed = whereabouts(evidence, entry.entry_id).get(stay_id)
    if placed is None:
        return False
    if not placed:
        return True
    departed_at = evidence.last("stay", stay_id).get("departed_at")
    return placed[-1][1] == GONE and bool(departed_at) and entry.received_at >= instant_ms(departed_at) + _SHOWN_FOR


def ever_in(evidence: "Evidence") -> dict[str, set[str]]:
    """The units in which each stay was at any time, whatever became of it."""
    found: dict[str, set[str]] = {}
    for entry in evidence.entries.values():
        unit_id = entry.body.get("to_unit_id") or entry.body.get("unit_id")
        if entry.type in ("patient_admitted", "patient_transferred") and unit_id:
            found.setdefault(entry.body["stay_id"], set()).add(unit_id)
    return found


def disputed(evidence: "Evidence") -> set[str]:
    """Stays of whom two transactions wrote in one instant, so that only the server knows which was first."""
    seen: dict[str, set[tuple[int, int]]] = {}
    for entry in evidence.entries.values():
        if entry.type in PLACEMENTS | _MOVES_BEDS and entry.body.get("stay_id"):
            seen.setdefault(entry.body["stay_id"], set()).add((entry.received_at, entry.written_by))
    return {
        stay_id for stay_id, places in seen.items() if len(places) != len({received_at for received_at, _ in places})
    }
