"""The beds of a unit as one tablet shows them: its replica, and over it what it has not sent yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from ward_sim.beds.state import Facts, state_of
from ward_sim.instants import instant_ms
from ward_sim.tablet import Tablet

Json = dict[str, Any]
_OURS = frozenset({
    "patient_admitted", "patient_discharged", "patient_transferred", "bed_assigned", "beds_swapped", "bed_marked",
    "bed_reserved", "bed_reservation_cancelled",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bed:
    """A bed on the screen. `mark_id`: the last mark that the person who looks has seen."""

    bed_id: str
    state: str
    mark_id: str | None


def present(tablet: Tablet) -> dict[str, Json]:
    """Return the stays that the tablet shows as present in its unit."""
    return _lying(tablet, {})


def beds(tablet: Tablet, now: int) -> list[Bed]:
    """Return the unit's beds in the ward's order."""
    facts = {row["bed_id"]: Facts() for row in sorted(tablet.rows("bed"), key=lambda row: row["position"])}
    marks: dict[str, str] = {}
    freed: dict[str, int] = {
        row["bed_id"]: instant_ms(row["freed_at"]) for row in tablet.rows("bed_use") if row.get("freed_at")
    }
    away = {row["stay_id"] for row in tablet.rows("observation_duty") if row.get("pause_reason") == "leave"}
    for stay in _lying(tablet, freed).values():
        bed = facts.get(stay.get("bed_id") or "")
        if bed is not None:
            bed.lies_there, bed.on_leave = True, stay["stay_id"] in away
    for row in _marks(tablet):
        bed = facts[row["bed_id"]]
        bed.readiness, bed.marked_at = row["readiness"], instant_ms(row["marked_at"])
        marks[row["bed_id"]] = row["mark_id"]
    for row in reservations(tablet).values():
        facts[row["bed_id"]].reserved_until = instant_ms(row["until_at"])
    for bed_id, at in freed.items():
        facts[bed_id].freed_at = at
    return [Bed(bed_id, state_of(bed, now), marks.get(bed_id)) for bed_id, bed in facts.items()]


def free_beds(tablet: Tablet, now: int) -> list[str]:
    """Return the beds that are clean, empty and kept for nobody."""
    return [bed.bed_id for bed in beds(tablet, now) if bed.state == "free"]


def reservations(tablet: Tablet) -> dict[str, Json]:
    """Return the reservations by id, also those that are over."""
    found = {row["reservation_id"]: row for row in tablet.rows("bed_reservation")}
    for type_name, entry_id, body in _unsent(tablet):
        if type_name == "bed_reserved":
            found[entry_id] = body
        elif type_name == "bed_reservation_cancelled":
            found.pop(body["reservation_id"], None)
    return found


def _marks(tablet: Tablet) -> Iterator[Json]:
    yield from tablet.rows("bed_status")
    for type_name, entry_id, body in _unsent(tablet):
        if type_name == "bed_marked":
            yield {**body, "mark_id": entry_id, "marked_at": body["observed_at"]}


def _lying(tablet: Tablet, freed: dict[str, int]) -> dict[str, Json]:
    """The present stays; into `freed` goes when a departure that is not sent yet left its bed."""
    stays = {row["stay_id"]: row for row in tablet.rows("stay") if not row.get("departed_at")}
    for type_name, _, body in _unsent(tablet):
        stay_id = body.get("stay_id", "")
        if type_name == "patient_admitted":
            stays.setdefault(stay_id, body)
        elif stay_id not in stays:
            continue
        elif type_name == "beds_swapped" and body["other_stay_id"] in stays:
            one, other = stays[stay_id], stays[body["other_stay_id"]]
            if (one.get("bed_id"), other.get("bed_id")) == (body["bed_id"], body["other_bed_id"]):
                stays[stay_id] = one | {"bed_id": body["other_bed_id"]}
                stays[body["other_stay_id"]] = other | {"bed_id": body["bed_id"]}
        elif type_name != "beds_swapped":
            left = stays.pop(stay_id)
            if left.get("bed_id"):
                freed[left["bed_id"]] = instant_ms(body["observed_at"])
            if type_name == "bed_assigned":
                stays[stay_id] = left | {"bed_id": body["bed_id"]}
    return stays


def _unsent(tablet: Tablet) -> Iterator[tuple[str, str, Json]]:
    """What waits in the outbox about beds and who lies there, oldest first."""
    for entry in tablet.storage.unsent():
        if entry["type"] in _OURS:
            yield entry["type"], entry["entry_id"], msgspec.json.decode(entry["body"])
