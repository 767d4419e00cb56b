"""A unit at one instant, as one reading answers it: beds, patients, their latest set, and the work that is due."""

from msgspec import Struct

from shared_schemas.base import Id, Instant
from shared_schemas.beds import BedState


class BoardTask(Struct, omit_defaults=True, kw_only=True):
    """Open care of a patient that is late or falls due within two hours."""

    task_id: Id
    kind: str
    due_at: Instant
    overdue_at: Instant
    standard_minutes: int
    owner_staff_id: Id | None = None
    interval_minutes: int | None = None


class BoardPatient(Struct, omit_defaults=True, kw_only=True):
    """A patient with her latest set that counts: when, the values that were measured, the score as it was given."""

    stay_id: Id
    name: str
    lang: str
    owner_staff_id: Id | None = None
    isolation: bool = False
    departure_planned_at: Instant | None = None
    paused: bool = False
    stopped: bool = False
    observed_at: Instant | None = None
    values: dict[str, str | int | bool] = {}
    score: dict[str, str | int | bool] = {}
    tasks: list[BoardTask] = []


class BoardPlace(Struct, omit_defaults=True, kw_only=True):
    """A bed of the unit with its state and clock; without a bed: a patient who waits for one."""

    bed_id: Id | None = None
    label: str | None = None
    state: BedState | None = None
    since_at: Instant | None = None
    patient: BoardPatient | None = None


class ListedBed(Struct, omit_defaults=True, kw_only=True):
    """A bed of a list: how it stands, since when, and whose stay is in it; `until_at`: the end of its reservation."""

    bed_id: Id
    bay: str
    label: str
    state: BedState
    since_at: Instant | None = None
    stay_id: Id | None = None
    until_at: Instant | None = None


class BedList(Struct, kw_only=True):
    """The reply of `GET /api/board/{unit_id}/beds`, in bed order."""

    unit_id: Id
    read_at: Instant
    beds: list[ListedBed]


class BoardReading(Struct, kw_only=True):
    """The reply of `GET /api/board/{unit_id}`; places in bed order, who waits last."""

    unit_id: Id
    read_at: Instant
    places: list[BoardPlace]
