"""Beds and units: who lies where is decided by one exclusion constraint, never by a look before."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from backend.access.actions import place_stay
from backend.changes.actions import move_stay
from backend.db import Work
from backend.places.queries import hold_beds
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.actions.write import Placing, Stay, held_stay, place, tell_bed_use
from backend.stays.rules import overtaken, taken_from
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.stays import BedAssigned, PatientTransferred, PlacementKind
from shared_schemas.wire import HeldReason

CHANGED_MEANWHILE = Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.MOVED_SINCE)
GONE = Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.DEPARTED)
UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT)


def placing(arrived: Arrived, how: PlacementKind) -> Placing:
    """What an entry does to where a stay is."""
    return Placing(arrived.entry_id, how, arrived.observed_at)


async def assign_beds(work: Work, run: Sequence[Arrived[BedAssigned]]) -> list[Outcome]:
    """A stay takes a free bed of its unit or gives its bed up; a taken bed holds the entry."""
    return [await _assign_bed(work, arrived) for arrived in run]


async def _assign_bed(work: Work, arrived: Arrived[BedAssigned]) -> Outcome:
    body = arrived.body
    stay = await held_stay(work, body.stay_id)
    if stay is None:
        return UNKNOWN
    if stay["departed_at"] is not None:
        return GONE
    if _id(stay["bed_id"]) == body.bed_id:
        return APPLIED
    if overtaken(body.base_version, stay["placed_version"]):
        return CHANGED_MEANWHILE
    if body.bed_id is None:
        await hold_beds(work.connection, [_id(stay["bed_id"])])
        await leave_bed(work, body.stay_id, arrived.observed_at, arrived.entry_id)
        await place(work, stay, placing(arrived, PlacementKind.BED), bed_id=None, bed_since_at=None)
        return APPLIED
    refused = await claim_bed(work, stay, body.bed_id, placing(arrived, PlacementKind.BED))
    return APPLIED if refused is None else Outcome(held=refused, detail=HeldDetail.BED)


async def transfer_patients(work: Work, run: Sequence[Arrived[PatientTransferred]]) -> list[Outcome]:
    """The patient arrived in another unit: every row follows; a taken bed there leaves the stay waiting for one."""
    return [await _transfer_patient(work, arrived) for arrived in run]


async def _transfer_patient(work: Work, arrived: Arrived[PatientTransferred]) -> Outcome:
    body = arrived.body
    stay = await held_stay(work, body.stay_id)
    if stay is None:
        return UNKNOWN
    if stay["departed_at"] is not None:
        return GONE
    from_unit = str(stay["unit_id"])
    if from_unit != body.to_unit_id:
        if overtaken(body.base_version, stay["placed_version"]):
            return CHANGED_MEANWHILE
        if not await _is_unit(work, body.to_unit_id):
            return Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_UNIT)
        await hold_beds(work.connection, [_id(stay["bed_id"]), body.to_bed_id])
        stay = await _move_unit(work, stay, body.to_unit_id, placing(arrived, PlacementKind.TRANSFER))
    if body.to_bed_id is None or body.to_bed_id == _id(stay["bed_id"]):
        return APPLIED
    refused = await claim_bed(work, stay, body.to_bed_id, placing(arrived, PlacementKind.TRANSFER))
    return APPLIED if refused is None else waiting_for_a_bed(refused)


async def _move_unit(work: Work, stay: Stay, to_unit_id: str, how: Placing) -> Stay:
    """The stay arrives no earlier than where it was before, whatever a tablet's clock said."""
    stay_id, from_unit = str(stay["stay_id"]), str(stay["unit_id"])
    at = await counts_from(work, stay, how.at)
    await leave_bed(work, stay_id, at, how.entry_id)
    await place_stay(work, stay_id, to_unit_id, at)
    move_stay(work, stay_id, f"unit:{from_unit}", f"unit:{to_unit_id}")
    return await place(
        work,
        stay,
        how,
        unit_id=to_unit_id,
        bed_id=None,
        bed_since_at=None,
        arrived_at=at,
        moved_from_unit_id=from_unit,
        owner_staff_id=None,
        assigned_by_staff_id=None,
        assigned_at=None,
        offered_to_staff_id=None,
        offered_at=None,
        declined_by_staff_id=None,
        declined_at=None,
        offer_until_at=None,
    )


async def claim_bed(work: Work, stay: Stay, bed_id: str, how: Placing) -> HeldReason | None:
    """Put a stay into a bed, with the bed's nurse as its owner; the reason when it can not be.

    It and the bed that is left are held first, so that two who want it wait for each other instead of dead-locking.
    """
    stay_id = str(stay["stay_id"])
    await hold_beds(work.connection, [_id(stay["bed_id"]), bed_id])
    bed = await work.connection.fetchrow(BED, bed_id)
    if bed is None or bed["unit_id"] != stay["unit_id"]:
        return HeldReason.INVALID
    since_at = taken_from(await counts_from(work, stay, how.at), bed["freed_at"])
    try:
        async with work.savepoint():
            await leave_bed(work, stay_id, how.at, how.entry_id)
            await lie_down(work, stay_id, bed_id, since_at, how.entry_id)
    except asyncpg.ExclusionViolationError:
        return HeldReason.BED_TAKEN
    owner = await nurse_of(work, bed_id) or stay["owner_staff_id"]
    await place(work, stay, how, bed_id=bed_id, bed_since_at=since_at, owner_staff_id=owner)
    return None


async def counts_from(work: Work, stay: Stay, observed_at: datetime) -> datetime:
    """When a placement counts from: as observed, but never before the last one of its patient."""
    return taken_from(observed_at, stay["arrived_at"], await work.connection.fetchval(LAY_UNTIL, stay["stay_id"]))


async def nurse_of(work: Work, bed_id: str) -> object | None:
    """The nurse who has the bed now, if any."""
    return await work.connection.fetchval("select staff_id from bed_nurse where bed_id = $1", bed_id)


async def lie_down(work: Work, stay_id: str, bed_id: str, since_at: datetime, entry_id: str) -> None:
    """Begin a stay's time in a bed; asyncpg.ExclusionViolationError where somebody else lies in it."""
    await work.connection.execute(
        "insert into bed_stay (bed_id, stay_id, from_at, entry_id) values ($1, $2, $3, $4)",
        bed_id,
        stay_id,
        since_at,
        entry_id,
    )


LAY_UNTIL = "select max(coalesce(to_at, from_at)) from bed_stay where stay_id = $1 and not entered_in_error"
BED = """
select unit_id, (select max(to_at) from bed_stay where bed_id = $1 and not entered_in_error) as freed_at
from bed where bed_id = $1
"""


def waiting_for_a_bed(refused: HeldReason) -> Outcome:
    """The patient is there, only the claim of the bed waits for an answer."""
    return Outcome(flags=(Flag.WAITING_FOR_A_BED,), detail=HeldDetail.BED, claim_held=refused)


async def leave_bed(work: Work, stay_id: str, at: datetime, entry_id: str) -> None:
    """End a stay's time in its bed, and tell when the bed was left.

    The bed is held already: who takes it holds it before the row that this ends, and the two must not cross.
    """
    left = await work.connection.fetch(LEAVE, stay_id, at, entry_id)
    if left:
        await tell_bed_use(work, [each["bed_id"] for each in left])


LEAVE = """
update bed_stay set to_at = greatest($2, from_at), ended_by = $3 where stay_id = $1 and to_at is null returning bed_id
"""


async def _is_unit(work: Work, unit_id: str) -> bool:
    return await work.connection.fetchval("select true from unit where unit_id = $1", unit_id) or False


def _id(value: object) -> str | None:
    return None if value is None else str(value)
