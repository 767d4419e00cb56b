"""Where every patient is, by a book of the judge's own: kept from what people wrote, in the order of the server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ward_sim.chaos.judge.evidence import Entry, Evidence

Json = dict[str, Any]
PLACEMENTS = frozenset({"patient_admitted", "patient_transferred", "patient_discharged", "placement_cancelled"})
_MOVES_BEDS = frozenset({"bed_assigned", "beds_swapped"})
GONE = ""


def applied_in_order(evidence: "Evidence") -> Iterator["Entry"]:
    """Entries that took effect, in the server's order; one that waited counts from when somebody applied it."""
    in_order = sorted(evidence.entries.values(), key=lambda one: one.place)
    taken = [entry for entry in in_order if entry.verdict in ("accepted", "flagged")]
    # Of several who tried to apply it, the last one did.
    tried = {entry.body["held_entry_id"]: entry for entry in taken if entry.type == "held_entry_resolved"}
    for entry in taken:
        if entry.type != "held_entry_resolved":
            yield entry
            continue
        held = evidence.entries.get(entry.body["held_entry_id"])
        done = held is not None and evidence.held(held.entry_id).get("resolution") == "reapplied"
        if held is not None and done and tried[held.entry_id] is entry:
            yield held


def whereabouts(evidence: "Evidence") -> dict[str, list[tuple[str, str]]]:
    """Of each stay the placements that stand, as (entry, unit); `GONE` is out of the hospital."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in applied_in_order(evidence):
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
