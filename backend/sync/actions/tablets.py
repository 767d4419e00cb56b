"""A tablet's contact as the unit sees it, so that silence is a dead tablet and not a calm ward."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.access.actions import revoke_device
from backend.changes.actions import append, gone
from backend.changes.rules import unit_feed
from backend.db import Database, Work, reading, unit_of_work
from shared_schemas.alerts import TabletRow

# Contacts are told coarsely: thirty tablets would otherwise fill the feed with nothing else.
TOLD_EVERY = timedelta(seconds=30)

_SHOW = """
update device d set shown_contact_at = d.contact_at, row_version = d.row_version + 1
where {which} and d.revoked_at is null
returning d.device_id::text, d.unit_id::text, d.name, d.contact_at, d.outbox_depth, d.push_works, d.row_version,
    (select coalesce(array_agg(distinct s.staff_id::text), '{{}}') from session s
     where s.device_id = d.device_id and s.ended_at is null and s.expires_at > $2) as staff_ids
"""
SHOW = _SHOW.format(which="d.device_id = $1")
# A tablet whose row is locked is being written by whoever heard of it just now: nobody waits for it.
_FREE = """(
    select device_id from device where device_id = any($1::uuid[]) and revoked_at is null
    order by device_id for no key update skip locked
)"""
SHOW_FREE = _SHOW.format(which=f"d.device_id in {_FREE}")
TOUCH = f"""
with touched as (
    update device set contact_at = greatest(contact_at, $2) where device_id in {_FREE}
    returning device_id, contact_at, shown_contact_at
)
select d.device_id::text, t.contact_at, t.shown_contact_at
from device d left join touched t using (device_id) where d.device_id = any($1) and d.revoked_at is null
"""


def is_to_be_told(contact_at: datetime, shown_contact_at: datetime | None) -> bool:
    """The unit's feed is behind by half a minute or more."""
    return shown_contact_at is None or contact_at - shown_contact_at >= TOLD_EVERY


async def show_tablet(work: Work, device_id: str) -> None:
    """Tell the unit's feed how the tablet is now: who is signed in, its last contact, what it has not yet sent."""
    row = await work.connection.fetchrow(SHOW, device_id, work.now)
    if row is not None:
        _tell(work, row)


def _tell(work: Work, row: Mapping[str, Any]) -> None:
    tablet = TabletRow(
        device_id=row["device_id"],
        name=row["name"],
        staff_ids=sorted(row["staff_ids"]),
        contact_at=row["contact_at"],
        outbox_depth=row["outbox_depth"],
        push_works=row["push_works"],
    )
    append(work, unit_feed(row["unit_id"]), tablet, row_id=tablet.device_id, version=row["row_version"])


async def revoke_tablet(work: Work, device_id: str) -> None:
    """A tablet is lost: it may neither read nor send any more, and its unit no longer waits for it.

    Its people are signed out, and its sockets end with the hub's next look at who is signed in where. NotFound when
    there is no such tablet, or no longer.
    """
    unit_id, version = await revoke_device(work, device_id)
    gone(work, unit_feed(unit_id), TabletRow.type_name, device_id, version)


async def note_contacts(database: Database, now: datetime, device_ids: Sequence[str]) -> set[str]:
    """The tablets were heard of, and their units are told in one transaction; returns those that are not revoked."""
    async with reading(database) as connection:  # one statement is its own transaction
        rows = await connection.fetch(TOUCH, list(device_ids), now)
    due = [device_id for device_id, *contact in rows if contact[0] is not None and is_to_be_told(*contact)]
    if due:
        async with unit_of_work(database, now) as work:
            for row in await work.connection.fetch(SHOW_FREE, due, now):
                _tell(work, row)
    return {row[0] for row in rows}
