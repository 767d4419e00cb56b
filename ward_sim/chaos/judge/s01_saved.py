"""S1: what was shown as saved is applied once, or in a tray, or resolved by a person."""

from ward_sim.chaos.judge.effects import has_effect
from ward_sim.chaos.judge.evidence import Evidence
from ward_sim.chaos.scenario import Pressed


def check(evidence: Evidence) -> None:
    """Each tick that a person saw."""
    for pressed in evidence.scenario.pressed:
        if pressed.ticked:
            why = _lost(evidence, pressed)
            told = f"{pressed.entry['type']} {pressed.entry_id} n={pressed.entry['n']} {pressed.odd} {why}"
            evidence.scenario.book.check("S1", holds=why is None, otherwise=told)


def _lost(evidence: Evidence, pressed: Pressed) -> str | None:
    """Say how it is lost; None: it is not."""
    storage = pressed.seat.tablet.storage
    for place in (storage.entries, storage.held):
        kept = place.get(pressed.entry_id)
        if kept is not None and kept["entry"]["n"] == pressed.entry["n"]:
            # What waits in the outbox is not lost; whether it may still wait is another question (L1).
            return None
    entry = evidence.taken(pressed)
    if entry is None:
        return "is neither on the tablet nor on the server"
    if entry.envelope.get("body") != pressed.entry["body"]:
        return "is on the server with another body"
    if entry.verdict == "held":
        held = evidence.held(entry.entry_id)
        return None if held else "is held on the server and in no tray"
    if not has_effect(evidence, pressed, entry):
        return f"was {entry.verdict} {sorted(entry.flags)} and shows nowhere"
    return None
