"""Keeping what waits for a person's answer, and telling the unit."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from backend.changes.actions import append
from backend.changes.rules import unit_feed
from backend.db import Work
from shared_schemas.sync import HeldEntryRow, Resolution
from shared_schemas.wire import HeldReason

HOLD = """
insert into held_entry (held_entry_id, device_id, unit_id, entry_type, reason, detail, stay_id, author_staff_id,
    recorded_at, held_at, original)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
    $9::timestamptz[], $10::timestamptz[], $11::bytea[])
on conflict (held_entry_id) do nothing returning held_entry_id::text
"""


class Held(NamedTuple):
    """An entry that waits. `device_id` and `unit_id` are of the tablet that brought it."""

    held_entry_id: str
    device_id: str
    unit_id: str
    entry_type: str
    reason: HeldReason
    detail: str
    stay_id: str | None
    author_staff_id: str | None
    recorded_at: datetime | None
    raw: bytes


async def hold(work: Work, waiting: Sequence[Held]) -> None:
    """Keep entries for an answer; one that waits already is left as it is."""
    if not waiting:
        return
    columns = [
        (
            *held[:4],
            held.reason.value,
            held.detail,
            held.stay_id,
            held.author_staff_id,
            held.recorded_at,
            work.now,
            held.raw,
        )
        for held in waiting
    ]
    rows = await work.connection.fetch(HOLD, *(list(column) for column in zip(*columns, strict=True)))
    fresh = {row["held_entry_id"] for row in rows}
    for held in waiting:
        if held.held_entry_id in fresh:
            tell(work, held, held_at=work.now, version=1)


def tell(
    work: Work,
    held: Held,
    *,
    held_at: datetime,
    version: int,
    resolution: Resolution | None = None,
    resolved_by: str | None = None,
) -> None:
    """The row of the tray. It never leaves with the patient, so it names no stay to the feed."""
    row = HeldEntryRow(
        held_entry_id=held.held_entry_id,
        device_id=held.device_id,
        entry_type=held.entry_type,
        reason=held.reason,
        detail=held.detail,
        stay_id=held.stay_id,
        author_staff_id=held.author_staff_id,
        recorded_at=held.recorded_at,
        held_at=held_at,
        resolution=resolution,
        resolved_by_staff_id=resolved_by,
        resolved_at=work.now if resolution else None,
    )
    append(work, unit_feed(held.unit_id), row, row_id=held.held_entry_id, version=version)
