"""L1: after healing every outbox drains in bounded virtual time, with nothing new written."""

from typing import TYPE_CHECKING

from ward_sim.instants import MINUTE

if TYPE_CHECKING:
    from ward_sim.chaos.scenario import Scenario, Seat

WITHIN = 5 * MINUTE


def look(scenario: "Scenario") -> None:
    """Look at every outbox, so long after the healing."""
    for seat in scenario.seats:
        still = _stuck(scenario, seat)
        told = f"tablet {seat.line.number} still has {still} {WITHIN // MINUTE} minutes after the healing"
        scenario.book.check("L1", holds=not still, otherwise=told)


def _stuck(scenario: "Scenario", seat: "Seat") -> list[str]:
    entries, may_wait = seat.tablet.storage.entries, too_new_or_behind(scenario, seat)
    return [kept["entry"]["type"] for entry_id, kept in entries.items() if entry_id not in may_wait]


def too_new_or_behind(scenario: "Scenario", seat: "Seat") -> set[str]:
    """What may wait is what the server is too old for, and what is behind it because it is of the same stay."""
    storage = seat.tablet.storage
    too_new = {one.entry_id for one in scenario.pressed if one.odd == "newer"} & storage.entries.keys()
    first_of: dict[str, int] = {}
    for entry_id in too_new:
        kept = storage.entries[entry_id]
        stay_id = kept["stay_id"]
        first_of[stay_id] = min(kept["n"], first_of.get(stay_id, kept["n"]))
    behind = {
        entry_id for entry_id, kept in storage.entries.items() if kept["n"] > first_of.get(kept["stay_id"], kept["n"])
    }
    return too_new | behind
