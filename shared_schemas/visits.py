"""Home care: where a patient lives, visits and calls with their progress, note and signature, and the SOS."""

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from shared_schemas.base import Body, Id, Instant, Line, Row, Text
from shared_schemas.flags import Flag

Bring = Annotated[list[Line], Meta(max_length=30)]
# A path of an SVG drawing: moves and lines in whole numbers. It is drawn, never interpreted.
Strokes = Annotated[str, Meta(min_length=1, max_length=16_000, pattern="^[MLml0-9 ,-]*$(?!\\n)")]


class VisitKind(Enum):
    """The nurse goes there, or calls."""

    VISIT = "visit"
    CALL = "call"


class VisitState(Enum):
    """`STARTED` and `ENDED` beat all that is only planned; `ENDED` is final."""

    PLANNED = "planned"
    STARTED = "started"
    ENDED = "ended"
    NOT_DONE = "not_done"
    CANCELLED = "cancelled"


class NotVisitedReason(Enum):
    """Why a visit or call did not take place; a person says it."""

    NOBODY_HOME = "nobody_home"
    NO_ACCESS = "no_access"
    REFUSED = "refused"
    IN_HOSPITAL = "in_hospital"
    UNSAFE = "unsafe"
    NO_TIME = "no_time"
    OTHER = "other"


class SosOutcome(Enum):
    """What the person who has spoken with her says of the one who raised an SOS."""

    SAFE = "safe"
    HELPED = "helped"
    FALSE_ALARM = "false_alarm"


class Position(Struct, forbid_unknown_fields=True, kw_only=True):
    """Where a tablet believes to be, in ten-millionths of a degree, and how far it may be wrong. Never required."""

    latitude_e7: Annotated[int, Meta(ge=-900_000_000, le=900_000_000)]
    longitude_e7: Annotated[int, Meta(ge=-1_800_000_000, le=1_800_000_000)]
    accuracy_m: Annotated[int, Meta(ge=0, le=1_000_000)]


class VisitMoment(Struct, omit_defaults=True, kw_only=True):
    """One end of a visit: who was there, the tablet's instants and the server's, and the position if there was one."""

    staff_id: Id
    observed_at: Instant
    recorded_at: Instant
    received_at: Instant
    position: Position | None = None


class HomeRow(Row, kw_only=True):
    """Where a patient of home care lives and how to get in (unit feed); it leaves the tablets with the stay."""

    type_name = "home"
    rank = 2

    stay_id: Id
    address: Text
    way_in: Text | None = None
    phone: Line | None = None
    described_at: Instant
    described_by_staff_id: Id


class VisitRow(Row, kw_only=True):
    """A visit or call of a home patient, planned or gone by (unit feed).

    `staff_id` is the nurse who answers for it: as planned, then who began it. `flags` tell the coordinator what was
    decided against what happened. Its care task bears the same id.
    """

    type_name = "visit"
    rank = 3

    visit_id: Id
    stay_id: Id
    kind: VisitKind
    state: VisitState
    window_from_at: Instant
    window_to_at: Instant
    plan: Text | None = None
    bring: list[Line] = []
    staff_id: Id | None = None
    planned_by_staff_id: Id
    planned_at: Instant
    started: VisitMoment | None = None
    ended: VisitMoment | None = None
    reason: NotVisitedReason | None = None
    reason_text: Line | None = None
    closed_at: Instant | None = None
    closed_by_staff_id: Id | None = None
    flags: list[Flag] = []


class VisitAddendum(Struct, omit_defaults=True, kw_only=True):
    """What was added to a note that was no longer its author's draft."""

    entry_id: Id
    text: Text
    author_staff_id: Id
    observed_at: Instant
    received_at: Instant


class VisitSignature(Struct, omit_defaults=True, kw_only=True):
    """Who signed on the glass, and the strokes as drawn; none: who signed could not draw and is only named."""

    signed_by: Line
    strokes: Strokes | None = None
    staff_id: Id
    observed_at: Instant
    received_at: Instant


class VisitNoteRow(Row, kw_only=True):
    """The note of a visit: one author's draft until it is signed, addenda from then on (unit feed)."""

    type_name = "visit_note"
    rank = 5

    visit_id: Id
    stay_id: Id
    text: Text | None = None
    author_staff_id: Id | None = None
    written_at: Instant | None = None
    signature: VisitSignature | None = None
    addenda: list[VisitAddendum] = []


class HomeDescribed(Body, kw_only=True):
    """The address of a home patient, how to get in, and the telephone there; the newest is shown."""

    type_name = "home_described"

    stay_id: Id
    address: Text
    way_in: Text | None = None
    phone: Line | None = None


class VisitPlanned(Body, kw_only=True):
    """A visit or call is wanted within a window. `visit_id` is made by the tablet; `bring`: what to take along."""

    type_name = "visit_planned"

    stay_id: Id
    visit_id: Id
    kind: VisitKind
    window_from_at: Instant
    window_to_at: Instant
    plan: Text | None = None
    bring: Bring = []
    staff_id: Id | None = None


class VisitRescheduled(Body, kw_only=True):
    """Another window for a visit that has not begun."""

    type_name = "visit_rescheduled"

    stay_id: Id
    visit_id: Id
    window_from_at: Instant
    window_to_at: Instant


class VisitReassigned(Body, kw_only=True):
    """Another nurse goes, or nobody yet; the first to reach the server stands."""

    type_name = "visit_reassigned"

    stay_id: Id
    visit_id: Id
    staff_id: Id | None


class VisitStarted(Body, kw_only=True):
    """The author is there, or on the telephone, at `observed_at`."""

    type_name = "visit_started"

    stay_id: Id
    visit_id: Id
    position: Position | None = None


class VisitEnded(Body, kw_only=True):
    """The author leaves, or hangs up, at `observed_at`."""

    type_name = "visit_ended"

    stay_id: Id
    visit_id: Id
    position: Position | None = None


class VisitNotDone(Body, kw_only=True):
    """The visit did not take place, with a reason."""

    type_name = "visit_not_done"

    stay_id: Id
    visit_id: Id
    reason: NotVisitedReason
    text: Line | None = None


class VisitCancelled(Body, kw_only=True):
    """The visit is no longer wanted; one that took place is never cancelled."""

    type_name = "visit_cancelled"

    stay_id: Id
    visit_id: Id
    reason: Line


class VisitNoteWritten(Body, kw_only=True):
    """The whole text of the author's draft so far; once it is signed, or beside a colleague's draft, an addendum."""

    type_name = "visit_note_written"

    stay_id: Id
    visit_id: Id
    text: Text


class VisitSigned(Body, kw_only=True):
    """The patient, or who stands for the patient, signs: the note as it is now stands.

    Without strokes the author vouches for the name: whoever signs could not draw on the glass.
    """

    type_name = "visit_signed"

    stay_id: Id
    visit_id: Id
    signed_by: Line
    strokes: Strokes | None = None


class SosRaised(Body, kw_only=True):
    """The author is in danger or needs help now: the coordinator and on call are asked at once."""

    type_name = "sos_raised"

    unit_id: Id
    visit_id: Id | None = None
    position: Position | None = None


class SosEnded(Body, kw_only=True):
    """Somebody else has spoken with `staff_id`, who raised the SOS, and says how it is.

    `press`: the latest press that she knew of, as the alert tells it; pressed again since, the SOS goes on.
    """

    type_name = "sos_ended"

    unit_id: Id
    staff_id: Id
    outcome: SosOutcome
    press: Id | None = None
