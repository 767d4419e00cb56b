"""A patient is put into a bed: whatever was marked or reserved, that is a fact, and whoever cares is told."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from backend.beds.actions.write import feed_reservation, reservation_gone
from backend.beds.queries import HeldBed, held_bed
from backend.beds.rules.state import CLEAN_STATES, bed_state
from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.stays import actions as stays
from shared_schemas.flags import Flag
from shared_schemas.stays import BedAssigned, PatientAdmitted, PatientTransferred

Place = Callable[[Work, Sequence[Arrived[Any]]], Awaitable[list[Outcome]]]
OVERTAKE = """
update bed_reservation r set overtaken_at = $2, overtaken_by = $3, version = version + 1 where reservation_id = $1
returning r.*, (select unit_id from bed where bed.bed_id = r.bed_id) as unit_id
"""


async def admit_patients(work: Work, run: Sequence[Arrived[PatientAdmitted]]) -> list[Outcome]:
    """Patients arrive, and what their beds were is told."""
    return [await _placed(work, arrived, stays.admit_patients, arrived.body.bed_id) for arrived in run]


async def assign_beds(work: Work, run: Sequence[Arrived[BedAssigned]]) -> list[Outcome]:
    """Patients get a bed of their unit, and what it was is told."""
    return [await _placed(work, arrived, stays.assign_beds, arrived.body.bed_id) for arrived in run]


async def transfer_patients(work: Work, run: Sequence[Arrived[PatientTransferred]]) -> list[Outcome]:
    """Patients arrive in another unit, and what their beds were is told."""
    return [await _placed(work, arrived, stays.transfer_patients, arrived.body.to_bed_id) for arrived in run]


async def _placed(work: Work, arrived: Arrived[Any], place: Place, bed_id: str | None) -> Outcome:
    [outcome] = await place(work, [arrived])
    if bed_id is None or outcome.held is not None or outcome.claim_held is not None:
        return outcome
    bed = await held_bed(work.connection, bed_id, work.now)
    if bed is None:
        return outcome
    flags = () if bed_state(bed.standing, work.now).state in CLEAN_STATES else (Flag.BED_NOT_CLEAN,)
    return replace(outcome, flags=(*outcome.flags, *flags, *await _reserved(work, arrived, bed)))


async def _reserved(work: Work, arrived: Arrived[Any], bed: HeldBed) -> tuple[Flag, ...]:
    """A reservation ends when its patient lies in the bed; anybody else's stays, and is told."""
    if bed.reservation_id is None:
        return ()
    if bed.for_stay_id == arrived.body.stay_id:
        await reservation_gone(work, bed.reservation_id, arrived.entry_id)
        return ()
    overtaken = (bed.reservation_id, arrived.observed_at, arrived.entry_id)
    for reservation in await work.connection.fetch(OVERTAKE, *overtaken):
        feed_reservation(work, reservation)
    return (Flag.BED_RESERVED,)
