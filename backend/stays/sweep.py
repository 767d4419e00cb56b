"""Departed patients leave the tablets a little after they left the ward."""

from datetime import datetime

from backend.changes.actions import exit_stay
from backend.db import Database, unit_of_work
from backend.slice import Sweep
from backend.stays.rules import SHOWN_AFTER_DEPARTURE

LEAVING = """
update stay set exited_at = $1 where stay_id in (
    select stay_id from stay
    where exited_at is null and settled_at is not null and departed_at <= $2
    order by departed_at limit 200 for no key update skip locked)
returning stay_id, unit_id
"""
DUE_AT = f"""
select min(departed_at) + interval '{SHOWN_AFTER_DEPARTURE.total_seconds()} s' from stay
where exited_at is null and settled_at is not null
"""


async def sweep_exits(database: Database, now: datetime) -> int:
    """Take departed stays off the tablets.

    1. Claim settled stays that departed at least 15 minutes ago; a second worker skips them.
    2. Write `exit` into their unit's feed in the same transaction.
    """
    async with unit_of_work(database, now) as work:
        leaving = await work.connection.fetch(LEAVING, now, now - SHOWN_AFTER_DEPARTURE)
        for stay in leaving:
            exit_stay(work, f"unit:{stay['unit_id']}", str(stay["stay_id"]))
    return len(leaving)


EXITS = Sweep("exits", DUE_AT, sweep_exits)
