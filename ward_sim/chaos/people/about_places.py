"""Acts about who lies where and what beds are like."""

from typing import Any

from ward_sim.chaos.people.pen import Pen, Said

Json = dict[str, Any]
_FOLLOWS = {
    "clean": ("dirty", "blocked"),
    "dirty": ("cleaning", "cleaning", "blocked"),
    "cleaning": ("clean", "clean", "dirty", "blocked"),
    "blocked": ("dirty",),
}


def admit(pen: Pen) -> Said | None:
    """Somebody comes, into a bed that looks empty on this screen, or into none."""
    if not pen.is_registered:
        return None
    patient = {
        "name": pen.words("Patient"),
        "lang": "en",
        "sex": pen.die.choice(("female", "male")),
        "born_on": f"19{pen.die.randrange(30, 99)}-0{pen.die.randrange(1, 10)}-1{pen.die.randrange(10)}",
        "identifier": f"{pen.die.randrange(10**9):09d}",
    }
    bed_id = _empty_bed(pen)
    who = {"stay_id": pen.new_id(), "patient_id": pen.new_id(), "unit_id": pen.tablet.unit_id, "patient": patient}
    return "patient_admitted", who | ({"bed_id": bed_id} if bed_id else {})


def _empty_bed(pen: Pen) -> str | None:
    taken = {row.get("bed_id") for row in pen.rows("stay") if not row.get("departed_at")}
    empty = [row["bed_id"] for row in pen.rows("bed") if row["bed_id"] not in taken]
    return pen.die.choice(empty) if empty else None


def move(pen: Pen) -> Said | None:
    """Into another bed of the ward."""
    stay, bed_id = pen.stay(), _empty_bed(pen)
    if stay is None or bed_id is None or not pen.is_registered:
        return None
    return "bed_assigned", {"stay_id": stay["stay_id"], "bed_id": bed_id}


def swap(pen: Pen) -> Said | None:
    """Two patients exchange their beds."""
    lying = [row for row in pen.rows("stay") if row.get("bed_id") and not row.get("departed_at")]
    if len(lying) < 2 or not pen.is_registered:
        return None
    one, other = pen.die.sample(lying, 2)
    body = {"stay_id": one["stay_id"], "bed_id": one["bed_id"]}
    return "beds_swapped", body | {"other_stay_id": other["stay_id"], "other_bed_id": other["bed_id"]}


def transfer(pen: Pen) -> Said | None:
    """To the other unit of the scenario."""
    stay = pen.stay() if pen.is_registered else None
    others = [unit_id for unit_id in pen.units if unit_id != pen.tablet.unit_id]
    if stay is None or not others:
        return None
    return "patient_transferred", {"stay_id": stay["stay_id"], "to_unit_id": pen.die.choice(others)}


def discharge(pen: Pen) -> Said | None:
    """Home."""
    stay = pen.stay() if pen.is_registered else None
    return None if stay is None else ("patient_discharged", {"stay_id": stay["stay_id"]})


def take_back(pen: Pen) -> Said | None:
    """The last placement of somebody was a mistake."""
    placed = [row for row in pen.rows("stay") if row.get("placed_entry_id")] if pen.is_registered else []
    stay = pen.one_of(placed)
    return (
        None
        if stay is None
        else ("placement_cancelled", {"stay_id": stay["stay_id"], "cancels": stay["placed_entry_id"]})
    )


def mark(pen: Pen) -> Said | None:
    """A bed is dirty, being cleaned, clean or out of use, as follows from what the screen shows."""
    bed = pen.one_of(pen.rows("bed"))
    if bed is None:
        return None
    shown = next((row for row in pen.rows("bed_status") if row["bed_id"] == bed["bed_id"]), None)
    wanted = pen.die.choice(_FOLLOWS.get(shown["readiness"] if shown else "clean", ("dirty",)))
    if (wanted == "blocked" or (shown and shown["readiness"] == "blocked")) and not pen.is_registered:
        return None
    body: Json = {"unit_id": pen.tablet.unit_id, "bed_id": bed["bed_id"], "readiness": wanted}
    reason = {"reason": pen.words("Bell broken")} if wanted == "blocked" else {}
    return "bed_marked", body | reason | {"seen_mark_id": shown["mark_id"] if shown else None}
