"""Short ways to admit the test cast's patients and to look at their stays."""

from typing import Any

from shared_schemas.stays import PatientAdmitted, StayRow
from tests.cast import Cast, identity, uid


def admission(cast: Cast, bed: int | None = None, **fields: Any) -> PatientAdmitted:
    body = {
        "observed_at": cast.clock.now(),
        "stay_id": uid(),
        "patient_id": uid(),
        "unit_id": cast.east.unit_id,
        "bed_id": None if bed is None else cast.east.beds[bed],
        "patient": identity(identifier=uid()[:8]),
    }
    return PatientAdmitted(**(body | fields))


async def admitted(cast: Cast, bed: int | None = None, **fields: Any) -> str:
    body = admission(cast, bed, **fields)
    outcome = await cast.say(cast.anna, body)
    assert outcome.held is None
    return body.stay_id


async def stay(cast: Cast, stay_id: str) -> StayRow:
    return await cast.row(cast.east, "stay", stay_id)
