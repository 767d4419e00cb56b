"""An assistant sees on her own tablet that a bed is dirty, begins to clean it after a while, and says that it is clean.

How long beds wait and cleaning takes is a simulation's convention.
"""

from typing import Any

from ward_sim.beds.board import Bed, beds
from ward_sim.colleague import Colleague
from ward_sim.instants import MINUTE

Json = dict[str, Any]
_NOTICED_MIN = (3, 20)
_CLEANED_MIN = (15, 35)
# A colleague who began may have gone home; whoever comes by an hour later finds the bed made.
_LEFT_BEHIND_MIN = (50, 80)


def see_to_beds(nurse: Colleague, now: int) -> int | None:
    """Do one thing about a bed; return how long it keeps her busy, None: nothing is to be done."""
    for bed in beds(nurse.tablet, now):
        if bed.state not in ("dirty", "cleaning"):
            nurse.bed_due.pop(bed.bed_id, None)
            continue
        wait = _NOTICED_MIN if bed.state == "dirty" else _LEFT_BEHIND_MIN
        if now < nurse.bed_due.setdefault(bed.bed_id, now + nurse.die.randrange(*wait) * MINUTE):
            continue
        begins = bed.state == "dirty"
        mark(nurse, bed, "cleaning" if begins else "clean")
        nurse.bed_due[bed.bed_id] = now + nurse.die.randrange(*(_CLEANED_MIN if begins else _LEFT_BEHIND_MIN)) * MINUTE
        return nurse.die.randrange(2, 6) * MINUTE
    return None


def mark(nurse: Colleague, bed: Bed, readiness: str, reason: str | None = None) -> str:
    """Say what a bed is like, with the mark that she saw; return the entry's id."""
    body: Json = {"unit_id": nurse.turn.unit_id, "bed_id": bed.bed_id, "readiness": readiness}
    seen = {"seen_mark_id": bed.mark_id} if bed.mark_id else {}
    return nurse.save("bed_marked", body | seen | ({"reason": reason} if reason else {}))
