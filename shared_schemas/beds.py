"""Beds as housekeeping has them: marks, reservations, and the state that follows from them and from who lies there."""

from enum import Enum

from shared_schemas.base import Body, Id, Instant, Line, Row


class Readiness(Enum):
    """What was last marked of a bed, from the most careful to the least: `closed` first.

    `blocked` is out of use for a reason of the day, `closed` by decision of who leads; both lead to `dirty`.
    """

    CLOSED = "closed"
    BLOCKED = "blocked"
    DIRTY = "dirty"
    CLEANING = "cleaning"
    CLEAN = "clean"


class BedState(Enum):
    """The state of a bed, derived and never stored (docs/adr/0010-bed-state.md).

    As FHIR Location.operationalStatus (v2 table 0116): `free` and `reserved` U, `occupied` O (in isolation I),
    `on_leave` O, `dirty` K, `cleaning` H, `blocked` and `closed` C.
    """

    FREE = "free"
    RESERVED = "reserved"
    OCCUPIED = "occupied"
    ON_LEAVE = "on_leave"
    DIRTY = "dirty"
    CLEANING = "cleaning"
    BLOCKED = "blocked"
    CLOSED = "closed"


class BedStatusRow(Row, kw_only=True):
    """The last mark of a bed (unit feed); its id is the bed's. `mark_id`: the entry; a bed never marked has no row."""

    type_name = "bed_status"
    rank = 1

    bed_id: Id
    unit_id: Id
    mark_id: Id
    readiness: Readiness
    marked_at: Instant
    marked_by_staff_id: Id
    reason: Line | None = None


class BedReservationRow(Row, kw_only=True):
    """A reservation that holds (unit feed of the bed); it ends by itself at `until_at`. Its id is the entry's.

    `for_stay_id` may be a stay of any unit. `overtaken_at`: somebody else was put into the bed then.
    """

    type_name = "bed_reservation"
    rank = 1

    reservation_id: Id
    bed_id: Id
    unit_id: Id
    for_stay_id: Id | None = None
    text: Line | None = None
    reserved_at: Instant
    until_at: Instant
    reserved_by_staff_id: Id
    overtaken_at: Instant | None = None


class BedMarked(Body, kw_only=True):
    """A bed of the unit is dirty, being cleaned, clean, blocked or closed.

    `seen_mark_id`: the last mark that the author saw, an own one that is not sent yet included; null: none.

    Against a mark that the author had not seen, the more careful of the two stays.
    """

    type_name = "bed_marked"

    unit_id: Id
    bed_id: Id
    readiness: Readiness
    reason: Line | None = None
    seen_mark_id: Id | None = None


class BedReserved(Body, kw_only=True):
    """A bed of the unit is kept until an instant, for a stay of any unit or for whom a line of text names."""

    type_name = "bed_reserved"

    unit_id: Id
    bed_id: Id
    for_stay_id: Id | None = None
    text: Line | None = None
    until_at: Instant


class BedReservationCancelled(Body, kw_only=True):
    """A reservation is no longer wanted."""

    type_name = "bed_reservation_cancelled"

    unit_id: Id
    reservation_id: Id
