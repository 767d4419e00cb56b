"""Writing visits and notes: all that changed in one statement, and their rows for the feed."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from backend.changes.actions import append
from backend.db import Work
from backend.stays.queries import Facts
from backend.visits.queries import kept_of
from backend.visits.rules import notes, visit
from backend.visits.rules.notes import Note
from backend.visits.rules.visit import Visit
from shared_schemas.visits import VisitNoteRow, VisitRow


def _upsert(table: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(names)
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != "visit_id")
    return (
        f"insert into {table} ({listed}) select {listed} from jsonb_populate_recordset(null::{table}, $1::jsonb) "
        f"on conflict (visit_id) do update set {changed}"
    )


SAVE_VISITS = _upsert("visit", Visit.__struct_fields__)
SAVE_NOTES = _upsert("visit_note", Note.__struct_fields__)


async def save_visits(work: Work, changed: Iterable[Visit], stays: Mapping[str, Facts]) -> None:
    """Write visits as they are now, one version up, and show those of stays that are on the tablets."""
    newer = [replace(one, version=one.version + 1) for one in changed]
    if not newer:
        return
    await work.connection.execute(SAVE_VISITS, msgspec.json.encode(newer).decode())
    for one in newer:
        _show(work, stays[one.stay_id], visit.row_of(one), one.version)


async def save_notes(work: Work, changed: Iterable[Note], stays: Mapping[str, Facts]) -> None:
    """Write notes as they are now, one version up, and show those of stays that are on the tablets."""
    newer = [replace(one, version=one.version + 1) for one in changed]
    if not newer:
        return
    await work.connection.execute(SAVE_NOTES, msgspec.json.encode(newer).decode())
    for one in newer:
        _show(work, stays[one.stay_id], notes.row_of(one), one.version)


async def show_all(work: Work, stay: Facts, visits: Iterable[Visit]) -> None:
    """Show these visits, and notes and home of a stay whose rows had left the tablets."""
    for one in visits:
        _show(work, stay, visit.row_of(one), one.version)
    written, homes = await kept_of(work.connection, stay.stay_id)
    for note in written:
        _show(work, stay, notes.row_of(note), note.version)
    for home, version in homes:
        append(work, f"unit:{stay.unit_id}", home, row_id=stay.stay_id, version=version, stay_id=stay.stay_id)


def _show(work: Work, stay: Facts, row: VisitRow | VisitNoteRow, version: int) -> None:
    if stay.feed is not None:
        append(work, stay.feed, row, row_id=row.visit_id, version=version, stay_id=stay.stay_id)
