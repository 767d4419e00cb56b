"""Departed patients leave the tablets a little after they left the ward."""

from datetime import datetime, timedelta

from backend.changes.actions import exit_stay
from backend.db import Database, unit_of_work
from backend.stays.rules import SHOWN_AFTER_DEPARTURE

LEAVING = """
update stay set exited_at = $1 where stay_id in (
    select stay_id from stay
    where exited_at is null and settled_at is not null and departed_at <= $2
    order by departed_at limit 200 for no key update skip locked)
returning stay_id, unit_id
"""
EARLIEST = "select min(departed_at) from stay where exited_at is null and settled_at is not null"
# When another worker holds what is due, look again after the beat of the safety tick.
HELD_BY_ANOTHER = timedelta(seconds=1)


async def sweep_exits(database: Database, now: datetime) -> datetime | None:
    """Take departed stays off the tablets.

    1. Look at the earliest departure that is still shown.
    2. Claim settled stays that departed at least 15 minutes ago; a second worker skips them.
    3. Write `exit` into their unit's feed in the same transaction.
    4. Repeat until the earliest instant lies ahead, and name it.
    """
    while True:
        departed_at = await database.pool.fetchval(EARLIEST)
        if departed_at is None or departed_at + SHOWN_AFTER_DEPARTURE > now:
            return None if departed_at is None else departed_at + SHOWN_AFTER_DEPARTURE
        async with unit_of_work(database, now) as work:
            leaving = await work.connection.fetch(LEAVING, now, now - SHOWN_AFTER_DEPARTURE)
            for stay in leaving:
                exit_stay(work, f"unit:{stay['unit_id']}", str(stay["stay_id"]))
        if not leaving:
            return now + HELD_BY_ANOTHER
