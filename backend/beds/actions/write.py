"""Writing reservations with their rows for the feed."""

import asyncpg

from backend.beds.queries import reservation_row
from backend.changes.actions import append, gone
from backend.changes.rules import unit_feed
from backend.db import Work
from shared_schemas.beds import BedReservationRow

END = """
update bed_reservation r set ended_at = least($2, until_at), ended_by = $3, version = version + 1
where reservation_id = $1 and ended_at is null
returning r.reservation_id, r.version, (select unit_id from bed where bed.bed_id = r.bed_id) as unit_id
"""


def feed_reservation(work: Work, reservation: asyncpg.Record) -> None:
    """Show a reservation in its unit's feed."""
    row = reservation_row(reservation)
    append(work, unit_feed(row.unit_id), row, row_id=row.reservation_id, version=reservation["version"])


async def reservation_gone(work: Work, reservation_id: str, by_entry_id: str | None = None) -> None:
    """End a reservation and take it out of the feed. `by_entry_id`: what put its patient into the bed."""
    for ended in await work.connection.fetch(END, reservation_id, work.now, by_entry_id):
        leave_feed(work, ended)


def leave_feed(work: Work, ended: asyncpg.Record) -> None:
    """Take a reservation that has ended out of the feed of its unit."""
    feed = unit_feed(str(ended["unit_id"]))
    gone(work, feed, BedReservationRow.type_name, str(ended["reservation_id"]), ended["version"])
