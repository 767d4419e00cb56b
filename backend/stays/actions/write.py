"""Reading a stay to change it, and writing it with its row for the feed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from backend.changes.actions import append
from backend.changes.rules import unit_feed
from backend.db import Work
from backend.places.queries import hold_beds
from backend.stays.queries import stay_row
from shared_schemas.stays import BedUseRow, PlacementKind

Stay = asyncpg.Record
KEEP = """
insert into placement (entry_id, stay_id, how, observed_at, made_at, owner_staff_id, from_unit_id, from_bed_id,
    from_owner_staff_id, from_arrived_at, from_moved_from_unit_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def held_stay(work: Work, stay_id: str) -> Stay | None:
    """The stay, kept from other writers until this transaction ends; None when there is none."""
    return await work.connection.fetchrow("select * from stay where stay_id = $1 for no key update", stay_id)


async def held_stays(work: Work, stay_ids: Iterable[str]) -> dict[str, Stay]:
    """Stays by id, kept from other writers in the order of their ids; unknown ones are absent."""
    held = "select * from stay where stay_id = any($1::uuid[]) order by stay_id for no key update"
    return {str(stay["stay_id"]): stay for stay in await work.connection.fetch(held, list(stay_ids))}


class Placing(NamedTuple):
    """Where an entry puts a stay: how, and since when."""

    entry_id: str
    how: PlacementKind
    at: datetime


async def place(work: Work, before: Stay, placing: Placing, **columns: object) -> Stay:
    """Change where a stay is, and keep what was; later decisions must have seen it."""
    placed = {"placed_entry_id": placing.entry_id, "placed_how": placing.how.value, "placed_at": placing.at}
    after = await change_stay(work, str(before["stay_id"]), placed=True, **placed, **columns)
    was = [before[name] for name in ("unit_id", "bed_id", "owner_staff_id", "arrived_at", "moved_from_unit_id")]
    await keep_placement(work, after, placing, was)
    return after


async def keep_placement(work: Work, after: Stay, placing: Placing, was: Sequence[object]) -> None:
    """Keep how a stay came to be as it is; `was`: unit, bed, owner, arrival and the unit before, as they were."""
    told = (placing.entry_id, after["stay_id"], placing.how.value, placing.at, work.now, after["owner_staff_id"])
    await work.connection.execute(KEEP, *told, *was)


async def change_stay(work: Work, stay_id: str, *, placed: bool = False, **columns: object) -> Stay:
    """Write columns of a stay and its row into the feed. `placed`: it is a move, later decisions must have seen it."""
    settings = [f"{name} = ${at}" for at, name in enumerate(columns, 2)]
    settings.append("version = version + 1")
    if placed:
        settings.append("placed_version = version + 1")
    [stay] = await work.connection.fetch(
        f"update stay set {', '.join(settings)} where stay_id = $1 returning *",
        stay_id,
        *columns.values(),
    )
    feed_stay(work, stay)
    return stay


def feed_stay(work: Work, stay: Stay) -> None:
    """Show the stay's present row in its unit's feed, unless the stay has left it."""
    if stay["exited_at"] is None:
        stay_id = str(stay["stay_id"])
        append(
            work,
            f"unit:{stay['unit_id']}",
            stay_row(stay),
            row_id=stay_id,
            version=stay["version"],
            stay_id=stay_id,
        )


BED_USE = """
insert into bed_use as u (bed_id, freed_at)
select bed_id, max(to_at) filter (where not entered_in_error) from bed_stay
where bed_id = any($1::uuid[]) group by bed_id
on conflict (bed_id) do update set freed_at = excluded.freed_at, version = u.version + 1
returning u.*, (select unit_id from bed where bed.bed_id = u.bed_id) as unit_id
"""


async def tell_bed_use(work: Work, bed_ids: Sequence[str]) -> None:
    """Show since when beds are left, as their intervals now say: it outlives the rows of who lay there.

    The beds are held, so that of two who tell it at once the later one has read what the first wrote.
    """
    await hold_beds(work.connection, bed_ids)
    for use in await work.connection.fetch(BED_USE, bed_ids):
        bed_id, unit_id = str(use["bed_id"]), str(use["unit_id"])
        row = BedUseRow(bed_id=bed_id, unit_id=unit_id, freed_at=use["freed_at"])
        append(work, unit_feed(unit_id), row, row_id=bed_id, version=use["version"])
