"""Loss incidents: numbers that a tablet took and that never came."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from backend.access.rules import may_lead
from backend.changes.actions import append
from backend.changes.rules import unit_feed
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.sync.rules.gaps import Gap, without
from shared_schemas.flags import Flag
from shared_schemas.sync import LossIncidentRow, LossIncidentSeen
from shared_schemas.wire import HeldReason

_TOLD = """
returning incident_id::text, unit_id::text, device_id::text, first_n, last_n, after_at, before_at, noticed_at,
    closed_at, closed_by_staff_id::text, version
"""
OPEN = (
    """
insert into loss_incident (device_id, unit_id, first_n, last_n, after_at, before_at, noticed_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""
    + _TOLD
)
UNCLOSED = """
select incident_id::text, first_n, last_n, after_at, before_at from loss_incident
where device_id = $1 and closed_at is null order by first_n for update
"""
CHANGE = (
    """
update loss_incident set first_n = $2, last_n = $3, closed_at = $4, version = version + 1 where incident_id = $1
"""
    + _TOLD
)
# The first few are enough to ask for: those that come make room for the next.
ASKED_FOR = """
select array[first_n, last_n] as span from loss_incident
where device_id = $1 and closed_at is null order by first_n limit 20
"""
LOCK = """
select incident_id::text, unit_id::text, closed_at from loss_incident where incident_id = any($1::uuid[])
order by incident_id for update
"""
SEEN = (
    """
update loss_incident set closed_at = $2, closed_by_staff_id = $3, version = version + 1 where incident_id = $1
"""
    + _TOLD
)
RECORDED_AT = "select recorded_at from entry where device_id = $1 and n < $2 order by n desc limit 1"


async def note_gaps(
    work: Work, device_id: str, unit_id: str, found: Sequence[Gap], recorded_at: dict[int, datetime | None]
) -> None:
    """Record new gaps with the instants between which they lie."""
    for gap in found:
        after_at = await work.connection.fetchval(RECORDED_AT, device_id, gap.first_n)
        await _open(work, device_id, unit_id, gap, after_at, recorded_at.get(gap.last_n + 1))


async def asked_for(work: Work, device_id: str) -> list[tuple[int, int]]:
    """What the tablet is asked to send again, if it has it."""
    return [tuple(row["span"]) for row in await work.connection.fetch(ASKED_FOR, device_id)]


async def fill_gaps(work: Work, device_id: str, unit_id: str, arrived: Sequence[int]) -> None:
    """Numbers thought lost have come after all: close their incidents, or make them smaller."""
    for row in await work.connection.fetch(UNCLOSED, device_id):
        gap = Gap(row["first_n"], row["last_n"])
        left = without(gap, arrived)
        if left == [gap]:
            continue
        if not left:
            _tell(work, await work.connection.fetchrow(CHANGE, row["incident_id"], *gap, work.now))
            continue
        _tell(work, await work.connection.fetchrow(CHANGE, row["incident_id"], *left[0], None))
        for more in left[1:]:
            await _open(work, device_id, unit_id, more, row["after_at"], row["before_at"])


async def see_incidents(work: Work, run: Sequence[Arrived[LossIncidentSeen]]) -> list[Outcome]:
    """Somebody who leads the unit has looked into records that never arrived; they leave the tray."""
    found = await work.connection.fetch(LOCK, [arrived.body.incident_id for arrived in run])
    unit_of = {row["incident_id"]: row["unit_id"] for row in found}
    closed = {row["incident_id"] for row in found if row["closed_at"] is not None}
    outcomes = []
    for arrived in run:
        incident_id, staff_id = arrived.body.incident_id, arrived.author.staff_id
        if incident_id not in unit_of:
            outcomes.append(Outcome(held=HeldReason.UNKNOWN_SUBJECT))
        elif not may_lead(arrived.author, unit_of[incident_id]):
            outcomes.append(Outcome(held=HeldReason.NOT_PERMITTED))
        elif incident_id in closed:
            outcomes.append(Outcome(flags=(Flag.ALREADY_RESOLVED,)))
        else:
            closed.add(incident_id)
            _tell(work, await work.connection.fetchrow(SEEN, incident_id, work.now, staff_id))
            outcomes.append(APPLIED)
    return outcomes


async def _open(
    work: Work, device_id: str, unit_id: str, gap: Gap, after_at: datetime | None, before_at: datetime | None
) -> None:
    _tell(work, await work.connection.fetchrow(OPEN, device_id, unit_id, *gap, after_at, before_at, work.now))


def _tell(work: Work, row: asyncpg.Record | None) -> None:
    assert row is not None  # the statement returns the row that it wrote
    incident_id, unit_id, device_id, first_n, last_n, after_at, before_at, noticed_at, closed_at, closed_by, version = (
        row
    )
    told = LossIncidentRow(
        incident_id=incident_id,
        device_id=device_id,
        first_n=first_n,
        last_n=last_n,
        after_at=after_at,
        before_at=before_at,
        noticed_at=noticed_at,
        closed_at=closed_at,
        closed_by_staff_id=closed_by,
    )
    append(work, unit_feed(unit_id), told, row_id=incident_id, version=version)
