"""A tablet's contact as the unit sees it, so that silence is a dead tablet and not a calm ward."""

from datetime import datetime, timedelta

from backend.access.actions import revoke_device
from backend.changes.actions import append, gone
from backend.changes.rules import unit_feed
from backend.db import Database, Work, reading, unit_of_work
from shared_schemas.alerts import TabletRow

# Contacts are told coarsely: thirty tablets would otherwise fill the feed with nothing else.
TOLD_EVERY = timedelta(seconds=30)

SHOW = """
update device d set shown_contact_at = d.contact_at, row_version = d.row_version + 1
where d.device_id = $1 and d.revoked_at is null
returning d.unit_id::text, d.name, d.contact_at, d.outbox_depth, d.push_works, d.row_version,
    (select coalesce(array_agg(distinct s.staff_id::text), '{}') from session s
     where s.device_id = d.device_id and s.ended_at is null and s.expires_at > $2) as staff_ids
"""
TOUCH = """
update device set contact_at = greatest(contact_at, $2) where device_id = $1 and revoked_at is null
returning contact_at, shown_contact_at
"""


def is_to_be_told(contact_at: datetime, shown_contact_at: datetime | None) -> bool:
    """The unit's feed is behind by half a minute or more."""
    return shown_contact_at is None or contact_at - shown_contact_at >= TOLD_EVERY


async def show_tablet(work: Work, device_id: str) -> None:
    """Tell the unit's feed how the tablet is now: who is signed in, its last contact, what it has not yet sent."""
    row = await work.connection.fetchrow(SHOW, device_id, work.now)
    if row is None:
        return
    tablet = TabletRow(
        device_id=device_id,
        name=row["name"],
        staff_ids=sorted(row["staff_ids"]),
        contact_at=row["contact_at"],
        outbox_depth=row["outbox_depth"],
        push_works=row["push_works"],
    )
    append(work, unit_feed(row["unit_id"]), tablet, row_id=device_id, version=row["row_version"])


async def revoke_tablet(work: Work, device_id: str) -> None:
    """A tablet is lost: it may neither read nor send any more, and its unit no longer waits for it.

    Its people are signed out, and its sockets end with the hub's next look at who is signed in where. NotFound when
    there is no such tablet, or no longer.
    """
    unit_id, version = await revoke_device(work, device_id)
    gone(work, unit_feed(unit_id), TabletRow.type_name, device_id, version)


async def note_contact(database: Database, now: datetime, device_id: str) -> bool:
    """The tablet was heard of; False: it is revoked."""
    async with reading(database) as connection:  # one statement is its own transaction
        row = await connection.fetchrow(TOUCH, device_id, now)
    if row is not None and is_to_be_told(*row):
        async with unit_of_work(database, now) as work:
            await show_tablet(work, device_id)
    return row is not None
