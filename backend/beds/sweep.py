"""Reservations end by themselves."""

from datetime import datetime

from backend.beds.actions.write import leave_feed
from backend.db import Database, unit_of_work
from backend.slice import Sweep

PASSED = """
update bed_reservation r set ended_at = until_at, version = version + 1 where reservation_id in (
    select reservation_id from bed_reservation where ended_at is null and until_at <= $1
    order by until_at limit 200 for no key update skip locked)
returning r.reservation_id, r.version, (select unit_id from bed where bed.bed_id = r.bed_id) as unit_id
"""
PASSED_AT = "select min(until_at) from bed_reservation where ended_at is null"


async def sweep_reservations(database: Database, now: datetime) -> int:
    """Take reservations whose time is over off the tablets, which have shown them as over since.

    1. Claim open reservations whose instant has passed; a second worker skips them.
    2. Take their rows out of their unit's feed in the same transaction.
    """
    async with unit_of_work(database, now) as work:
        passed = await work.connection.fetch(PASSED, now)
        for reservation in passed:
            leave_feed(work, reservation)
    return len(passed)


RESERVATIONS = Sweep("reservations", PASSED_AT, sweep_reservations)
