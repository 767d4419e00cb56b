"""A patient leaves: the bed is free from the actual departure, never from a plan."""

from collections.abc import Sequence
from datetime import datetime

from backend.access.actions import end_stay_scope
from backend.db import Work
from backend.places.queries import hold_beds
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.actions.move import CHANGED_MEANWHILE, UNKNOWN, counts_from, leave_bed
from backend.stays.actions.write import Placing, held_stay, place
from backend.stays.rules import overtaken
from shared_schemas.flags import Flag
from shared_schemas.stays import PatientDischarged, PlacementKind


async def discharge_patients(work: Work, run: Sequence[Arrived[PatientDischarged]]) -> list[Outcome]:
    """End stays at their actual departure; the first departure stays, a second is flagged."""
    return [await _discharge_patient(work, arrived) for arrived in run]


async def _discharge_patient(work: Work, arrived: Arrived[PatientDischarged]) -> Outcome:
    body = arrived.body
    stay = await held_stay(work, body.stay_id)
    if stay is None:
        return UNKNOWN
    if stay["departed_at"] is not None:
        return Outcome(flags=(Flag.DEPARTED_BEFORE,))
    if overtaken(body.base_version, stay["placed_version"]):
        return CHANGED_MEANWHILE
    at = await counts_from(work, stay, arrived.observed_at)
    await hold_beds(work.connection, [stay["bed_id"]])
    await leave_bed(work, body.stay_id, at, arrived.entry_id)
    await end_stay_scope(work, body.stay_id, at)
    await place(
        work,
        stay,
        Placing(arrived.entry_id, PlacementKind.DISCHARGE, at),
        departed_at=at,
        bed_id=None,
        bed_since_at=None,
        offered_to_staff_id=None,
        offered_at=None,
        declined_by_staff_id=None,
        declined_at=None,
        offer_until_at=None,
    )
    return APPLIED


async def settle(work: Work, stay_ids: Sequence[str], at: datetime) -> None:
    """The slices above have let go of departed stays: nothing of them is open any more, the feed may let go, too."""
    await work.connection.execute("update stay set settled_at = $2 where stay_id = any($1::uuid[])", stay_ids, at)
