"""The state of a bed, derived from who lies there, the last mark, the last departure and a reservation.

The tablet has the same rule (pwa/src/beds/bed_state.ts); golden/bed_state.json proves both.
"""

from datetime import datetime
from typing import NamedTuple

from shared_schemas.beds import BedState, Readiness


class Lying(NamedTuple):
    """The stay in the bed: since when, and since when its patient is on leave."""

    since_at: datetime
    on_leave_at: datetime | None = None


class Marked(NamedTuple):
    """The last mark of the bed that holds."""

    readiness: Readiness
    at: datetime


class Reserved(NamedTuple):
    """The last reservation of the bed that nobody cancelled."""

    at: datetime
    until_at: datetime


class Standing(NamedTuple):
    """What a bed's state follows from."""

    lying: Lying | None = None
    marked: Marked | None = None
    freed_at: datetime | None = None
    reserved: Reserved | None = None


class StateSince(NamedTuple):
    """A state and its clock; None: a bed that nobody has used or marked is free for ever."""

    state: BedState
    since_at: datetime | None


CLEAN_STATES = frozenset({BedState.FREE, BedState.RESERVED})


def bed_state(bed: Standing, now: datetime) -> StateSince:
    """The state of a bed at `now` and since when.

    A patient in the bed comes first; then closed and blocked, whoever left; then what the last patient left behind,
    who leaves it dirty also at the very instant of a mark.
    """
    if bed.lying is not None:
        left_at = bed.lying.on_leave_at
        return StateSince(BedState.OCCUPIED, bed.lying.since_at) if left_at is None else _on_leave(left_at)
    marked, freed_at = bed.marked, bed.freed_at
    if marked is not None and marked.readiness in (Readiness.CLOSED, Readiness.BLOCKED):
        return StateSince(BedState(marked.readiness.value), marked.at)
    if freed_at is not None and (marked is None or marked.at <= freed_at):
        return StateSince(BedState.DIRTY, freed_at)
    if marked is not None and marked.readiness is not Readiness.CLEAN:
        return StateSince(BedState(marked.readiness.value), marked.at)
    clean_at = None if marked is None else marked.at
    if bed.reserved is not None and bed.reserved.until_at > now:
        reserved_at = bed.reserved.at
        return StateSince(BedState.RESERVED, reserved_at if clean_at is None else max(reserved_at, clean_at))
    return StateSince(BedState.FREE, clean_at)


def _on_leave(since_at: datetime) -> StateSince:
    return StateSince(BedState.ON_LEAVE, since_at)
