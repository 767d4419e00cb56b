"""How a bed stands, and the rows that tablets see of its mark and its reservation."""

from datetime import datetime
from typing import NamedTuple

import asyncpg

from backend.beds.rules.state import Marked, Reserved, Standing
from backend.db import Connection
from backend.places.queries import hold_beds
from shared_schemas.beds import BedReservationRow, BedStatusRow, Readiness

HELD_BED = """
select b.unit_id::text, s.mark_id::text, s.readiness, s.marked_at, u.freed_at,
    r.reservation_id::text, r.for_stay_id::text, r.reserved_at, r.until_at
from bed b
left join bed_status s using (bed_id) left join bed_use u using (bed_id)
left join bed_reservation r on r.bed_id = b.bed_id and r.ended_at is null and r.until_at > $2
where b.bed_id = $1
"""


class HeldBed(NamedTuple):
    """A bed, kept from other writers until the transaction ends, without regard to who lies in it."""

    unit_id: str
    mark_id: str | None
    reservation_id: str | None
    for_stay_id: str | None
    standing: Standing


async def held_bed(connection: Connection, bed_id: str, now: datetime) -> HeldBed | None:
    """How the bed stands under whoever lies in it; None: no such bed.

    The bed is held, so that marks, reservations and claims of one bed wait for each other.
    """
    await hold_beds(connection, [bed_id])
    row = await connection.fetchrow(HELD_BED, bed_id, now)
    if row is None:
        return None
    marked = None if row["mark_id"] is None else Marked(Readiness(row["readiness"]), row["marked_at"])
    reserved = None if row["reservation_id"] is None else Reserved(row["reserved_at"], row["until_at"])
    standing = Standing(marked=marked, freed_at=row["freed_at"], reserved=reserved)
    return HeldBed(row["unit_id"], row["mark_id"], row["reservation_id"], row["for_stay_id"], standing)


def status_row(record: asyncpg.Record) -> BedStatusRow:
    """A record of `bed_status` with its unit as tablets see it."""
    return BedStatusRow(
        bed_id=str(record["bed_id"]),
        unit_id=str(record["unit_id"]),
        mark_id=str(record["mark_id"]),
        readiness=Readiness(record["readiness"]),
        marked_at=record["marked_at"],
        marked_by_staff_id=str(record["marked_by_staff_id"]),
        reason=record["reason"],
    )


def reservation_row(record: asyncpg.Record) -> BedReservationRow:
    """A record of `bed_reservation` with its unit as tablets see it."""
    for_stay_id = record["for_stay_id"]
    return BedReservationRow(
        reservation_id=str(record["reservation_id"]),
        bed_id=str(record["bed_id"]),
        unit_id=str(record["unit_id"]),
        for_stay_id=None if for_stay_id is None else str(for_stay_id),
        text=record["text"],
        reserved_at=record["reserved_at"],
        until_at=record["until_at"],
        reserved_by_staff_id=str(record["reserved_by_staff_id"]),
        overtaken_at=record["overtaken_at"],
    )
