"""The note of a visit: one author's draft until it is signed, addenda from then on."""

from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from shared_schemas.base import Id
from shared_schemas.flags import Flag
from shared_schemas.visits import VisitAddendum, VisitNoteRow, VisitSignature


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of `VisitNoteRow`, and the version of the row."""

    visit_id: Id
    stay_id: Id
    text: str | None = None
    author_staff_id: Id | None = None
    written_at: datetime | None = None
    signature: VisitSignature | None = None
    addenda: list[VisitAddendum] = []
    version: int = 0


class Decision(NamedTuple):
    """The note afterwards, and what a person reviews."""

    note: Note
    flags: tuple[Flag, ...] = ()


def written(note: Note, wrote: VisitAddendum) -> Decision:
    """The author's draft grows; signed, or a colleague's, it stays as it is and gains an addendum. Nothing is merged.

    Where the signature came first, there was no text to sign: the first that comes is the note.
    """
    if note.signature is not None and note.text is not None:
        return Decision(replace(note, addenda=[*note.addenda, wrote]), (Flag.NOTE_SIGNED,))
    if note.author_staff_id not in (None, wrote.author_staff_id):
        return Decision(replace(note, addenda=[*note.addenda, wrote]), (Flag.NOTE_OF_ANOTHER,))
    if note.written_at is not None and wrote.observed_at < note.written_at:
        return Decision(note, (Flag.NEWER_KNOWN,))
    return Decision(replace(note, text=wrote.text, author_staff_id=wrote.author_staff_id, written_at=wrote.observed_at))


def signed(note: Note, signature: VisitSignature) -> Decision:
    """The first signature stands."""
    if note.signature is not None:
        return Decision(note, (Flag.SIGNED_BEFORE,))
    return Decision(replace(note, signature=signature))


_ROW_FIELDS = VisitNoteRow.__struct_fields__


def row_of(note: Note) -> VisitNoteRow:
    """The note as tablets keep it."""
    return VisitNoteRow(**{name: getattr(note, name) for name in _ROW_FIELDS})
