"""Reading visits and their notes, set-wise, as the rules see them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from backend.db import Connection
from backend.visits.rules.notes import Note
from backend.visits.rules.visit import Visit
from shared_schemas.visits import HomeRow

VISITS = "select to_jsonb(v)::text from visit v where visit_id = any($1::uuid[]) order by visit_id for no key update"
OPEN = """
select to_jsonb(v)::text from visit v
where stay_id = any($1::uuid[]) and state in ('planned', 'started') order by visit_id for no key update
"""
OF_STAY = "select to_jsonb(v)::text from visit v where stay_id = $1 order by visit_id for no key update"
NOTES = (
    "select to_jsonb(n)::text from visit_note n where visit_id = any($1::uuid[]) order by visit_id for no key update"
)
LATEST_STARTS = """
select stay_id::text, max((started->>'observed_at')::timestamptz) as latest_at from visit
where stay_id = any($1::uuid[]) and jsonb_typeof(started) = 'object' group by stay_id
"""
VISITED = """
select stay_id::text from visit
where stay_id = any($1::uuid[]) and (jsonb_typeof(started) = 'object' or jsonb_typeof(ended) = 'object')
union select stay_id::text from visit_note where stay_id = any($1::uuid[])
"""
_visit = msgspec.json.Decoder(Visit)
_home = msgspec.json.Decoder(HomeRow)
_note = msgspec.json.Decoder(Note)


async def held_visits(connection: Connection, visit_ids: Iterable[str]) -> dict[str, Visit]:
    """Visits by id, kept from other writers until the transaction ends; unknown ones are absent."""
    found = [_visit.decode(row[0]) for row in await connection.fetch(VISITS, sorted(set(visit_ids)))]
    return {visit.visit_id: visit for visit in found}


async def held_open_visits(connection: Connection, stay_ids: Iterable[str]) -> list[Visit]:
    """Visits of stays that are planned or go on, kept from other writers."""
    return [_visit.decode(row[0]) for row in await connection.fetch(OPEN, list(stay_ids))]


async def held_notes(connection: Connection, visit_ids: Iterable[str]) -> dict[str, Note]:
    """Notes by visit, kept from other writers; visits without one are absent."""
    found = [_note.decode(row[0]) for row in await connection.fetch(NOTES, sorted(set(visit_ids)))]
    return {note.visit_id: note for note in found}


async def visits_of(connection: Connection, stay_id: str) -> list[Visit]:
    """Every visit of a stay, kept from other writers."""
    return [_visit.decode(row[0]) for row in await connection.fetch(OF_STAY, stay_id)]


async def latest_starts(connection: Connection, stay_ids: Iterable[str]) -> dict[str, datetime]:
    """When somebody last began a visit of these stays; those where nobody did are absent."""
    found = await connection.fetch(LATEST_STARTS, sorted(stay_ids))
    return {row["stay_id"]: row["latest_at"] for row in found}


async def visited_stays(connection: Connection, stay_ids: Iterable[str]) -> set[str]:
    """Those of these stays of which a visit began or ended, or has a note or signature."""
    return {row["stay_id"] for row in await connection.fetch(VISITED, list(stay_ids))}


async def kept_of(connection: Connection, stay_id: str) -> tuple[list[Note], list[tuple[HomeRow, int]]]:
    """The notes of a stay, and its home with the version of the row."""
    notes = await connection.fetch("select to_jsonb(n)::text from visit_note n where stay_id = $1", stay_id)
    homes = await connection.fetch("select to_jsonb(h)::text, version from home h where stay_id = $1", stay_id)
    return [_note.decode(row[0]) for row in notes], [(_home.decode(row[0]), row[1]) for row in homes]
