"""What a tablet has charted that was long without a network, and the same as documents of PouchDB."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from bench.ward import APART, Bedsides
from ward_sim.chance import Chance
from ward_sim.instants import HOUR, instant_text
from ward_sim.load.tablet import Tablet

Json = dict[str, Any]
# Of ten entries at the bedsides seven are sets, one is a note, and two are care planned by hand and done: all else that
# a ward writes needs a task or an alert that the server makes, which a tablet without a network does not hear of.
NOTES = ("Eating again", "Wants to sit up", "Asleep at each look", "Family called", "Asks for the window seat")
PLANNED = ("Wound check", "Weigh", "Bloods", "Walk to the day room", "Mouth care")


def charted(bedsides: Bedsides, count: int, seed: int) -> list[Json]:
    """Return `count` entries as the page's `chart` takes them, oldest first."""
    return sorted(islice(_entries(bedsides, random.Random(seed)), count), key=lambda entry: entry["at_ms"])


def _entries(bedsides: Bedsides, die: random.Random) -> Iterator[Json]:
    for number, (stay_id, round_at) in enumerate(bedsides.rounds()):
        at = round_at + die.randrange(APART)
        kind, text = number % 9, number % 5
        if kind == 3:
            yield _entry(at, "note_written", {"stay_id": stay_id, "note": NOTES[text]})
        elif kind == 7:
            due_at = instant_text(at + HOUR)
            yield _entry(at, "task_planned", {"stay_id": stay_id, "text": PLANNED[text], "due_at": due_at})
            yield _entry(at, "task_done", {"stay_id": stay_id}, needs_before=True)
        else:
            yield _entry(at, "vital_signs_charted", {"stay_id": stay_id, "values": bedsides.bodies[stay_id].read(at)})


def _entry(at: int, type_name: str, fields: Json, *, needs_before: bool = False) -> Json:
    return {"at_ms": at, "type": type_name, "fields": fields, "needs_before": needs_before}


def documents(entries: list[Json], chance: Chance) -> list[Json]:
    """The same as documents: type, instants and fields, without what proves tablet and author."""
    found: list[Json] = []
    before = ""
    for entry in entries:
        entry_id = chance.uuid7(entry["at_ms"])
        needed = {"task_id": before} if entry["needs_before"] else {}
        recorded_at = instant_text(entry["at_ms"])
        about = {"type": entry["type"], "recorded_at": recorded_at, "observed_at": recorded_at}
        found.append({"_id": entry_id, **about, **entry["fields"], **needed})
        before = entry_id
    return found


def sealed(tablet: Tablet, entries: list[Json]) -> list[Json]:
    """The same as a light tablet sends them."""
    found: list[Json] = []
    before = ""
    for entry in entries:
        body = {**entry["fields"], "observed_at": instant_text(entry["at_ms"])}
        needed = [before] if entry["needs_before"] else []
        named = {"task_id": before} if needed else {}
        found.append(tablet.entry(entry["type"], {**body, **named}, entry["at_ms"], needed))
        before = found[-1]["entry_id"]
    return found
