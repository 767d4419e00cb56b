"""Writing turns of duty with their rows for the feed, and moving beds between them."""

from collections.abc import Sequence

import asyncpg

from backend.changes.actions import append
from backend.db import Work
from shared_schemas.staff import DutyRow, Post

Duty = asyncpg.Record


def duty_row(duty: Duty) -> DutyRow:
    """A record of `duty` as tablets see it."""
    buddy = duty["buddy_staff_id"]
    return DutyRow(
        duty_id=str(duty["duty_id"]),
        staff_id=str(duty["staff_id"]),
        unit_id=str(duty["unit_id"]),
        post=Post(duty["post"]),
        bed_ids=[str(bed_id) for bed_id in duty["bed_ids"]],
        buddy_staff_id=None if buddy is None else str(buddy),
        started_at=duty["started_at"],
        ended_at=duty["ended_at"],
        break_started_at=duty["break_started_at"],
        break_until_at=duty["break_until_at"],
    )


def feed_duty(work: Work, duty: Duty) -> None:
    """Show the turn's present row in its unit's feed."""
    append(
        work,
        f"unit:{duty['unit_id']}",
        duty_row(duty),
        row_id=str(duty["duty_id"]),
        version=duty["version"],
    )


async def change_duty_row(work: Work, duty_id: str, **columns: object) -> Duty:
    """Write columns of a turn of duty and show it."""
    settings = ", ".join(f"{name} = ${at}" for at, name in enumerate(columns, 2))
    [duty] = await work.connection.fetch(
        f"update duty set {settings}, version = version + 1 where duty_id = $1 returning *",
        duty_id,
        *columns.values(),
    )
    feed_duty(work, duty)
    return duty


# Assistants help in beds that a nurse has: only a nurse's beds move.
GIVE_UP = """
update duty set version = version + 1,
    bed_ids = array(select bed_id from unnest(bed_ids) with ordinality as kept (bed_id, place)
                    where bed_id <> all($2::uuid[]) order by place)
where unit_id = $1 and ended_at is null and post <> 'assistant' and staff_id <> $3 and bed_ids && $2::uuid[]
returning *
"""
TAKE_ONE = """
update duty set version = version + 1, bed_ids = bed_ids || $3::uuid
where unit_id = $1 and ended_at is null and staff_id = $2 and post <> 'assistant' and $3::uuid <> all(bed_ids)
returning *
"""


async def take_from_others(work: Work, unit_id: str, bed_ids: Sequence[str], staff_id: str) -> None:
    """Beds that one nurse takes are no longer among another's."""
    for duty in await work.connection.fetch(GIVE_UP, unit_id, bed_ids, staff_id):
        feed_duty(work, duty)


async def add_bed(work: Work, unit_id: str, bed_id: str, staff_id: str) -> None:
    """The bed is among this nurse's beds, and nobody else's."""
    await take_from_others(work, unit_id, [bed_id], staff_id)
    for duty in await work.connection.fetch(TAKE_ONE, unit_id, staff_id, bed_id):
        feed_duty(work, duty)
