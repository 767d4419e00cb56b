"""S10: old and new versions live together: what is too new waits, what nobody knows is held, what is new is kept."""

from ward_sim.chaos.judge.evidence import Evidence
from ward_sim.chaos.judge.l1_drain import too_new_or_behind
from ward_sim.chaos.network import NEW_FIELD
from ward_sim.chaos.scenario import Pressed

_HELD_AS = {
    "unknown_field": {"unknown_field"},
    "malformed": {"malformed"},
    "unknown_type": {"unknown_type"},
    "id_reuse": {"id_reuse"},
}


def check(evidence: Evidence) -> None:
    """Each odd entry by its kind; and the fields of a newer server in the rows of its tablets."""
    book = evidence.scenario.book
    for pressed in evidence.scenario.pressed:
        storage = pressed.seat.tablet.storage
        if pressed.odd == "newer" and pressed.ticked:
            waits = pressed.entry_id in storage.entries
            book.check("S10", holds=waits, otherwise=f"{pressed.entry_id} of a newer app does not wait on its tablet")
        elif pressed.odd in _HELD_AS and pressed.ticked:
            held = storage.held.get(pressed.entry_id)
            reason = held["reason"] if held else None
            told = f"{pressed.entry_id}, {pressed.odd}, is held as {reason}"
            came_first = pressed.odd == "id_reuse" and _came_first(evidence, pressed)
            # Nobody judges what is behind one that is too new; it waits with it.
            waits = pressed.entry_id in too_new_or_behind(evidence.scenario, pressed.seat)
            book.check("S10", holds=came_first or waits or reason in _HELD_AS[pressed.odd], otherwise=told)
    for seat in evidence.scenario.seats:
        if not seat.line.newer_server:
            continue
        for key, (version, row) in seat.tablet.feeds[f"unit:{seat.tablet.unit_id}"].rows.items():
            kept = row.get(NEW_FIELD) == version
            book.check("S10", holds=kept, otherwise=f"tablet {seat.line.number} threw a new field of {key} away")


def _came_first(evidence: Evidence, pressed: Pressed) -> bool:
    """After a restore the one that took the id may be the first to come again; then the other one is held."""
    rightful = next(one for one in evidence.scenario.pressed if one.entry_id == pressed.entry_id)
    held = rightful.seat.tablet.storage.held.get(pressed.entry_id, {})
    return evidence.taken(pressed) is not None and held.get("reason") == "id_reuse"
