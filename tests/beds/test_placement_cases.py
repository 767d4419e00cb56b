"""What entries about beds come to on the server, by the golden cases; the tablet shows the same before they are sent."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.settings import PROJECT_ROOT
from shared_schemas.base import Body
from shared_schemas.beds import BedMarked, BedReservationCancelled, BedReserved, Readiness
from shared_schemas.stays import BedAssigned, BedsSwapped, PatientDischarged, PatientTransferred, PlacementCancelled
from shared_schemas.vitals import ObservationsPaused, ObservationsResumed, PauseReason, VitalSignsCharted
from tests.beds.ward import BedWard
from tests.cast import uid
from tests.stays.arrivals import admission
from tests.vitals.bedside import scoring

GOLDEN = json.loads((PROJECT_ROOT / "shared_schemas/reference/golden/placements.json").read_text())
Step = dict[str, Any]


class Told:
    """A case as it is told to the ward: its names stand for ids, its minutes for instants."""

    def __init__(self, ward: BedWard) -> None:
        self.ward, self.began_at = ward, ward.now
        self.ids: dict[str, str] = {}

    def id(self, name: str | None) -> str | None:
        return None if name is None else self.ids.setdefault(name, uid())

    def at(self, minutes: float) -> datetime:
        return self.began_at + timedelta(minutes=minutes)

    async def say(self, step: Step) -> None:
        """One step; what the server makes of it is seen in the rows alone."""
        self.ward.cast.clock.advance(self.at(step["at"]) - self.ward.now)
        body = WORDS[step["do"]](self, step, self.at(step.get("observed", step["at"])))
        await self.ward.say(body, self.ward.cast.charlotte, self.id(step["id"]))

    def minutes(self, at: datetime | None) -> float | None:
        return None if at is None else (at - self.began_at).total_seconds() / 60


def admit(told: Told, step: Step, _at: datetime) -> Body:
    return admission(told.ward.cast, step.get("bed"), stay_id=told.id(step["stay"]))


def mark(told: Told, step: Step, at: datetime) -> Body:
    return BedMarked(
        observed_at=at,
        unit_id=told.ward.cast.east.unit_id,
        bed_id=told.ward.bed(step["bed"]),
        readiness=Readiness(step["readiness"]),
        seen_mark_id=told.id(step.get("seen")),
    )


def reserve(told: Told, step: Step, at: datetime) -> Body:
    return BedReserved(
        observed_at=at,
        unit_id=told.ward.cast.east.unit_id,
        bed_id=told.ward.bed(step["bed"]),
        for_stay_id=told.id(step.get("stay")),
        text=step.get("text"),
        until_at=told.at(step["until"]),
    )


def leave(told: Told, step: Step, at: datetime) -> Body:
    back_at = told.at(step["until"])
    stay_id = told.ids[step["stay"]]
    return ObservationsPaused(observed_at=at, stay_id=stay_id, reason=PauseReason.LEAVE, expected_return_at=back_at)


WORDS: dict[str, Callable[[Told, Step, datetime], Body]] = {
    "admit": admit,
    "assign": lambda told, step, at: BedAssigned(
        observed_at=at, stay_id=told.ids[step["stay"]], bed_id=told.ward.bed(step["bed"])
    ),
    "swap": lambda told, step, at: BedsSwapped(
        observed_at=at,
        stay_id=told.ids[step["stay"]],
        bed_id=told.ward.bed(step["bed"]),
        other_stay_id=told.ids[step["other"]],
        other_bed_id=told.ward.bed(step["other_bed"]),
    ),
    "discharge": lambda told, step, at: PatientDischarged(observed_at=at, stay_id=told.ids[step["stay"]]),
    "transfer": lambda told, step, at: PatientTransferred(
        observed_at=at, stay_id=told.ids[step["stay"]], to_unit_id=told.ward.cast.west.unit_id
    ),
    "cancel": lambda told, step, at: PlacementCancelled(
        observed_at=at, stay_id=told.ids[step["stay"]], cancels=told.ids[step["cancels"]]
    ),
    "chart": lambda told, step, at: VitalSignsCharted(
        observed_at=at, stay_id=told.ids[step["stay"]], values=scoring(0)
    ),
    "mark": mark,
    "reserve": reserve,
    "release": lambda told, step, at: BedReservationCancelled(
        observed_at=at, unit_id=told.ward.cast.east.unit_id, reservation_id=told.ids[step["reservation"]]
    ),
    "leave": leave,
    "back": lambda told, step, at: ObservationsResumed(observed_at=at, stay_id=told.ids[step["stay"]]),
}


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
async def test_the_server_makes_of_entries_what_the_tablet_had_shown(ward: BedWard, case: dict[str, Any]) -> None:
    told = Told(ward)
    for step in case["steps"]:
        await told.say(step)
    states = await ward.states()
    names = {stay_id: name for name, stay_id in told.ids.items()}
    here = [row for row in await ward.cast.rows(ward.cast.east, "stay") if row.departed_at is None]
    lying = {row.bed_id: names[row.stay_id] for row in here}
    beds = [ward.bed(place) for place in range(len(case["beds"]))]
    found = [[states[bed].state.value, told.minutes(states[bed].since_at), lying.get(bed)] for bed in beds]
    assert found == case["beds"]
    assert [names[row.stay_id] for row in here if row.bed_id is None] == case["waiting"]
