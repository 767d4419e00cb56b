"""Short ways to put the test cast on duty and to look at who has whom."""

from typing import Any

from backend.db import unit_of_work
from backend.staff.queries import ladder_people
from backend.staff.rules import Ladder
from backend.stays.queries import facts
from shared_schemas.staff import (
    DutyStarted,
    Post,
)
from shared_schemas.stays import PatientAdmitted
from tests.cast import Cast, Person, identity, uid


async def on_duty(cast: Cast, person: Person, *beds: int, **fields: Any) -> tuple[str, Any]:
    duty_id, recorded_at = uid(), fields.pop("recorded_at", None)
    body = {"observed_at": cast.clock.now(), "unit_id": cast.east.unit_id, "post": Post.NURSE}
    body["bed_ids"] = [cast.east.beds[bed] for bed in beds]
    outcome = await cast.say(person, DutyStarted(**(body | fields)), entry_id=duty_id, recorded_at=recorded_at)
    return duty_id, outcome


async def patient(cast: Cast, bed: int | None) -> str:
    stay_id = uid()
    body = PatientAdmitted(
        observed_at=cast.clock.now(),
        stay_id=stay_id,
        patient_id=uid(),
        unit_id=cast.east.unit_id,
        bed_id=None if bed is None else cast.east.beds[bed],
        patient=identity(uid()[:8]),
    )
    await cast.say(cast.anna, body)
    return stay_id


async def owner(cast: Cast, stay_id: str) -> str | None:
    return (await cast.row(cast.east, "stay", stay_id)).owner_staff_id


async def beds_of(cast: Cast, person: Person) -> list[int]:
    [row] = [r for r in await cast.rows(cast.east, "duty") if r.staff_id == person.staff_id and r.ended_at is None]
    return [cast.east.beds.index(bed_id) for bed_id in row.bed_ids]


async def people(cast: Cast, stay_id: str) -> Ladder:
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        stays = await facts(work.connection, [stay_id])
        return (await ladder_people(work.connection, stays, cast.clock.now()))[stay_id]
