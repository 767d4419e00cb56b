"""What a charge nurse does with beds and who lies in them; each act reads her own tablet only."""

from typing import Any

from ward_sim.beds import board
from ward_sim.beds.cleaning import mark
from ward_sim.colleague import Colleague
from ward_sim.instants import HOUR, MINUTE, instant_ms, instant_text

Json = dict[str, Any]
BLOCKED_FOR = ("Side rail is broken", "Call bell does not ring", "Mattress is at the laundry", "Leak above the bed")
# A patient without a bed waits in the day room for so long before anybody looks for one.
_WAITS = 12 * MINUTE


def admit(nurse: Colleague, patient: Json, bed_id: str | None, now: int, stay_id: str | None = None) -> str:
    """Admit a patient, with the stay's id where a bed is kept for it already; return the stay's id."""
    chance = nurse.tablet.chance
    stay_id = stay_id or chance.uuid7(now)
    who = {"stay_id": stay_id, "patient_id": chance.uuid7(now), "unit_id": nurse.turn.unit_id}
    nurse.save("patient_admitted", who | ({"bed_id": bed_id} if bed_id else {}) | {"patient": patient})
    return stay_id


def transfer(nurse: Colleague, stay_id: str, to_unit_id: str, to_bed_id: str | None = None) -> str:
    """Send a patient to another unit, into the bed that was named on the telephone; return the entry's id."""
    bed = {"to_bed_id": to_bed_id} if to_bed_id else {}
    return nurse.save("patient_transferred", {"stay_id": stay_id, "to_unit_id": to_unit_id} | bed)


def swap(nurse: Colleague, one: str, other: str) -> None:
    """Let two patients exchange the beds in which her tablet shows them."""
    lying = board.present(nurse.tablet)
    beds = {"bed_id": lying[one]["bed_id"], "other_bed_id": lying[other]["bed_id"]}
    nurse.save("beds_swapped", {"stay_id": one, "other_stay_id": other} | beds)


def reserve(nurse: Colleague, now: int, *, for_stay_id: str | None = None, text: str | None = None) -> str | None:
    """Keep the last free bed for a few hours; return the bed's id, None: there is none."""
    free = board.free_beds(nurse.tablet, now)
    if not free:
        return None
    whom = ({"for_stay_id": for_stay_id} if for_stay_id else {}) | ({"text": text} if text else {})
    kept = {"unit_id": nurse.turn.unit_id, "bed_id": free[-1], "until_at": instant_text(now + 4 * HOUR)}
    nurse.save("bed_reserved", kept | whom)
    return free[-1]


def give_up(nurse: Colleague, bed_id: str) -> None:
    """Cancel the reservations of a bed."""
    for reservation_id, row in board.reservations(nurse.tablet).items():
        if row["bed_id"] == bed_id:
            body = {"unit_id": nurse.turn.unit_id, "reservation_id": reservation_id}
            nurse.save("bed_reservation_cancelled", body)


def block(nurse: Colleague, now: int) -> str | None:
    """Take a free bed out of use; return its id, None: there is none."""
    for bed in board.beds(nurse.tablet, now):
        if bed.state == "free":
            mark(nurse, bed, "blocked", nurse.die.choice(BLOCKED_FOR))
            return bed.bed_id
    return None


def release(nurse: Colleague, bed_id: str, now: int) -> None:
    """Give a blocked bed back: it is to be cleaned."""
    for bed in board.beds(nurse.tablet, now):
        if bed.bed_id == bed_id and bed.state == "blocked":
            mark(nurse, bed, "dirty")


def give_waiting_a_bed(nurse: Colleague, now: int) -> None:
    """Find beds for patients who have none."""
    waiting = [
        stay
        for stay in board.present(nurse.tablet).values()
        if not stay.get("bed_id") and "arrived_at" in stay and instant_ms(stay["arrived_at"]) + _WAITS < now
    ]
    free = board.free_beds(nurse.tablet, now) if waiting else []
    for stay, bed_id in zip(sorted(waiting, key=lambda stay: stay["stay_id"]), free, strict=False):
        nurse.save("bed_assigned", {"stay_id": stay["stay_id"], "bed_id": bed_id})
