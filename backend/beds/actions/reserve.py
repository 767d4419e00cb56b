"""A bed is kept for somebody: two are never, by the database."""

from collections.abc import Sequence

import asyncpg

from backend.beds.actions.mark import UNKNOWN_BED
from backend.beds.actions.write import feed_reservation, reservation_gone
from backend.beds.queries import held_bed
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from shared_schemas.beds import BedReservationCancelled, BedReserved
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.wire import HeldReason

FOR_NOBODY = Outcome(held=HeldReason.INVALID, detail=HeldDetail.RESERVED_FOR_NOBODY)
OVER = Outcome(flags=(Flag.RESERVATION_OVER,))
TAKEN = Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.RESERVED)
UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_RESERVATION)
RESERVE = """
insert into bed_reservation as r
    (reservation_id, bed_id, for_stay_id, text, reserved_at, reserved_by_staff_id, from_at, until_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning r.*, (select unit_id from bed where bed.bed_id = r.bed_id) as unit_id
"""
RESERVATION = """
select r.ended_at, b.unit_id::text from bed_reservation r join bed b using (bed_id)
where reservation_id = $1 for no key update of r
"""


async def reserve_beds(work: Work, run: Sequence[Arrived[BedReserved]]) -> list[Outcome]:
    """Keep beds, free or not yet, until an instant; one that is kept already stays with whom it is kept for."""
    return [await _reserve(work, arrived) for arrived in run]


async def _reserve(work: Work, arrived: Arrived[BedReserved]) -> Outcome:
    body = arrived.body
    bed = await held_bed(work.connection, body.bed_id, work.now)
    if bed is None or bed.unit_id != body.unit_id:
        return UNKNOWN_BED
    if body.for_stay_id is None and body.text is None:
        return FOR_NOBODY
    if body.until_at <= work.now:
        return OVER
    try:
        async with work.savepoint():
            [reservation] = await work.connection.fetch(
                RESERVE,
                arrived.entry_id,
                body.bed_id,
                body.for_stay_id,
                body.text,
                arrived.observed_at,
                arrived.author.staff_id,
                work.now,
                body.until_at,
            )
    except asyncpg.ExclusionViolationError:
        return TAKEN
    feed_reservation(work, reservation)
    return APPLIED


async def cancel_reservations(work: Work, run: Sequence[Arrived[BedReservationCancelled]]) -> list[Outcome]:
    """Reservations end; one that has ended is left as it is."""
    return [await _cancel(work, arrived) for arrived in run]


async def _cancel(work: Work, arrived: Arrived[BedReservationCancelled]) -> Outcome:
    body = arrived.body
    found = await work.connection.fetchrow(RESERVATION, body.reservation_id)
    if found is None or found["unit_id"] != body.unit_id:
        return UNKNOWN
    if found["ended_at"] is not None:
        return OVER
    await reservation_gone(work, body.reservation_id)
    return APPLIED
