"""A person's answer to a held entry: it is applied again, replaced, handed to the charge nurse, or discarded."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from backend.access.rules import may_lead
from backend.db import Work
from backend.slice import APPLIED, Arrived, Author, Outcome
from backend.sync.actions.hold import Held, hold, tell
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.sync import HeldEntryResolved, Resolution
from shared_schemas.wire import HeldReason

TO_APPLY = "sync.to_apply"
"""Key of `work.collected`: Reapplying, for the door to apply within this transaction."""

LOCK = """
select held_entry_id::text, device_id::text, unit_id::text, entry_type, reason, detail, stay_id::text,
    author_staff_id::text, recorded_at, original, held_at, version, resolution
from held_entry where held_entry_id = any($1::uuid[]) order by held_entry_id for update
"""
RESOLVE = """
update held_entry set resolution = $2, resolved_by_staff_id = $3, resolved_at = $4, version = version + 1
where held_entry_id = $1
"""
HOLD_AGAIN = "update held_entry set reason = $2, detail = $3, version = version + 1 where held_entry_id = $1"


IS_STORED = "select exists (select from entry where entry_id = $1)"
UNIT_OF = "select unit_id::text from device where device_id = $1"


class Kept(NamedTuple):
    """A held entry as it is stored."""

    held: Held
    held_at: datetime
    version: int
    resolution: Resolution | None


class Reapplying(NamedTuple):
    """A held entry that a person wants applied. `leads`: she leads the unit, and may say yes where others may not."""

    kept: Kept
    by: Author
    leads: bool


async def resolve_held_entries(work: Work, run: Sequence[Arrived[HeldEntryResolved]]) -> list[Outcome]:
    """Take the answers, one after the other; the first final one counts."""
    kept = await _locked(work, [arrived.body.held_entry_id for arrived in run])
    return [await _resolve(work, arrived, kept) for arrived in run]


async def still_waiting(work: Work, held_entry_ids: Sequence[str]) -> list[Kept]:
    """Those that nobody has answered yet, locked."""
    return [kept for kept in (await _locked(work, held_entry_ids)).values() if kept.resolution is None]


async def _locked(work: Work, held_entry_ids: Sequence[str]) -> dict[str, Kept]:
    rows = await work.connection.fetch(LOCK, list(held_entry_ids))
    return {row["held_entry_id"]: _kept(row) for row in rows}


def _kept(row: asyncpg.Record) -> Kept:
    held = Held._make((*row[:4], HeldReason(row["reason"]), *row[5:10]))
    resolution = Resolution(row["resolution"]) if row["resolution"] else None
    return Kept(held, row["held_at"], row["version"], resolution)


async def _resolve(work: Work, arrived: Arrived[HeldEntryResolved], known: dict[str, Kept]) -> Outcome:
    body, author = arrived.body, arrived.author
    kept = known.get(body.held_entry_id)
    if kept is None:
        return await _resolve_unheard_of(work, arrived)
    leads = may_lead(author, kept.held.unit_id)
    if not leads and kept.held.author_staff_id not in {None, author.staff_id}:
        return Outcome(held=HeldReason.NOT_PERMITTED)
    if kept.resolution not in {None, Resolution.HANDED_OVER}:
        return Outcome(flags=(Flag.ALREADY_RESOLVED,))
    if body.resolution is Resolution.DISCARDED and body.reason is None:
        return Outcome(held=HeldReason.INVALID, detail=HeldDetail.DISCARD_NEEDS_REASON)
    if body.resolution is Resolution.REAPPLIED:
        work.collected.setdefault(TO_APPLY, []).append(Reapplying(kept, author, leads))
        return APPLIED
    known[body.held_entry_id] = await close(work, kept, body.resolution, author.staff_id)
    return APPLIED


async def _resolve_unheard_of(work: Work, arrived: Arrived[HeldEntryResolved]) -> Outcome:
    """A server that went back in time may hear the answer before the entry, or may have taken the entry by now."""
    body = arrived.body
    ends = body.resolution in {Resolution.DISCARDED, Resolution.RESENT}
    if await work.connection.fetchval(IS_STORED, body.held_entry_id):
        return Outcome(held=HeldReason.ALREADY_CHANGED) if ends else Outcome(flags=(Flag.ALREADY_RESOLVED,))
    if not ends:
        return Outcome(held=HeldReason.UNKNOWN_SUBJECT)
    if body.resolution is Resolution.DISCARDED and body.reason is None:
        return Outcome(held=HeldReason.INVALID, detail=HeldDetail.DISCARD_NEEDS_REASON)
    staff_id = arrived.author.staff_id
    unit_id = str(await work.connection.fetchval(UNIT_OF, arrived.device_id))
    whose = None if may_lead(arrived.author, unit_id) else staff_id
    held = Held(
        body.held_entry_id, arrived.device_id, unit_id, "", HeldReason.UNKNOWN_SUBJECT, "", None, whose, None, b""
    )
    await hold(work, [held])
    [kept] = (await _locked(work, [body.held_entry_id])).values()
    await close(work, kept, body.resolution, staff_id)
    return APPLIED


async def close(work: Work, kept: Kept, resolution: Resolution, staff_id: str | None) -> Kept:
    """Note the answer and tell the unit."""
    await work.connection.execute(RESOLVE, kept.held.held_entry_id, resolution.value, staff_id, work.now)
    closed = kept._replace(version=kept.version + 1, resolution=resolution)
    tell(work, kept.held, held_at=kept.held_at, version=closed.version, resolution=resolution, resolved_by=staff_id)
    return closed


async def hold_again(work: Work, kept: Kept, reason: HeldReason, detail: str) -> None:
    """It could not be applied this time either; it stays in the tray with today's reason."""
    await work.connection.execute(HOLD_AGAIN, kept.held.held_entry_id, reason.value, detail)
    again = kept.held._replace(reason=reason, detail=detail)
    tell(work, again, held_at=kept.held_at, version=kept.version + 1)
