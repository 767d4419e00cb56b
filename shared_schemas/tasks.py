"""Care tasks in FHIR Task states, the cause of each, and recurring care."""

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from shared_schemas.base import Body, Id, Instant, Line, Row
from shared_schemas.flags import Flag


class TaskState(Enum):
    """FHIR R4 Task.status; due soon, due, overdue and not-done-by are functions of (task, now), never stored."""

    READY = "ready"
    ACCEPTED = "accepted"
    ON_HOLD = "on-hold"
    FAILED = "failed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CareKind(Enum):
    """What care is; due-soon, grace and standard minutes of each are policy data."""

    OBSERVATION = "observation"
    RESPONSE = "response"
    TURNING = "turning"
    ROUND = "round"
    HOME_VISIT = "home_visit"
    OTHER = "other"


class CauseType(Enum):
    """What planned a task or raised an alert."""

    ENTRY = "entry"
    TASK = "task"
    RESPONSE = "response"
    ADMISSION = "admission"
    TEMPLATE = "template"
    UNOBTAINABLE = "unobtainable"
    VISIT = "visit"


class Cause(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Why: a catalogue key with its figures, so that every tablet says it in its own language."""

    cause_type: CauseType
    cause_id: Id
    text_key: Annotated[str, Meta(max_length=80)]
    text_params: dict[str, str | int] = {}


class NotDoneCareReason(Enum):
    """Why care was not done; a person says it."""

    REFUSED = "refused"
    ASLEEP = "asleep"
    OFF_WARD = "off_ward"
    NOT_NEEDED = "not_needed"
    NO_TIME = "no_time"
    OTHER = "other"


class Reply(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The response to a score: whom was called, when, what was said, by when someone comes, and when they came."""

    whom: Line | None = None
    called_at: Instant | None = None
    reply: Line | None = None
    expected_by_at: Instant | None = None
    attended_at: Instant | None = None


class TaskRow(Row, kw_only=True):
    """One due piece of care of a stay.

    `overdue_at` is due plus grace. `owner_staff_id` is set only when somebody claimed it; otherwise the owner of the
    stay answers. `text` is what a person typed, `text_key` a catalogue key of planned care. `slot_of` names the
    recurring care it belongs to. A home visit bears the id of its visit: its nurse owns it, it is due when its window
    closes, and it is accepted while the visit goes on. `flags` say what a person reviews (`done_after_cancel`, …).
    """

    type_name = "task"
    rank = 3

    task_id: Id
    stay_id: Id
    kind: CareKind
    state: TaskState
    text: Line | None = None
    text_key: str | None = None
    text_params: dict[str, str | int] = {}
    cause: Cause
    planned_at: Instant
    due_at: Instant
    due_soon_at: Instant
    overdue_at: Instant
    interval_minutes: int | None = None
    standard_minutes: int = 5
    owner_staff_id: Id | None = None
    assigned_by_staff_id: Id | None = None
    assigned_at: Instant | None = None
    slot_of: Id | None = None
    missing: list[str] = []
    response: Reply | None = None
    ended_at: Instant | None = None
    ended_by_staff_id: Id | None = None
    also_done_by_staff_ids: list[Id] = []
    reason: NotDoneCareReason | None = None
    reason_text: Line | None = None
    flags: list[Flag] = []


class CareTemplateRow(Row, kw_only=True):
    """Recurring care that a ward may start for a patient (reference feed)."""

    type_name = "care_template"
    rank = 0

    template_id: Id
    kind: CareKind
    text_key: str
    interval_minutes: int
    source: str


class RecurringCareRow(Row, kw_only=True):
    """Recurring care of a stay: one open task at a time."""

    type_name = "recurring_care"
    rank = 4

    recurring_care_id: Id
    stay_id: Id
    template_id: Id
    kind: CareKind
    text_key: str
    interval_minutes: int
    started_at: Instant
    stopped_at: Instant | None = None


class TaskPlanned(Body, kw_only=True):
    """A task by hand: "bloods 04:00". `task_id` is the entry's id."""

    type_name = "task_planned"

    stay_id: Id
    text: Line
    due_at: Instant


class TaskDone(Body, kw_only=True):
    """Done at `observed_at`. An observation task is done only by a complete set, a response by its fields."""

    type_name = "task_done"

    stay_id: Id
    task_id: Id
    note: Line | None = None


class TaskNotDone(Body, kw_only=True):
    """Not done, with a reason; an observation stays overdue."""

    type_name = "task_not_done"

    stay_id: Id
    task_id: Id
    reason: NotDoneCareReason
    text: Line | None = None


class TaskDeferred(Body, kw_only=True):
    """Put off to `due_at`, with a reason; never past the next slot of recurring care."""

    type_name = "task_deferred"

    stay_id: Id
    task_id: Id
    due_at: Instant
    reason: Line


class TaskCancelled(Body, kw_only=True):
    """No longer wanted, by somebody who may say so, with a reason."""

    type_name = "task_cancelled"

    stay_id: Id
    task_id: Id
    reason: Line


class TaskClaimed(Body, kw_only=True):
    """ "I do it": the first to reach the server has it; the other is told who."""

    type_name = "task_claimed"

    stay_id: Id
    task_id: Id


class TaskAssigned(Body, kw_only=True):
    """Who leads the unit gives a task to a person on duty. `from_staff_id`: who had claimed it when it was decided."""

    type_name = "task_assigned"

    stay_id: Id
    task_id: Id
    to_staff_id: Id
    from_staff_id: Id | None


class TaskDoneCorrected(Body, kw_only=True):
    """Undo, or a wrong "done": the task opens again as a replacement with the same due instant and cause."""

    type_name = "task_done_corrected"

    stay_id: Id
    task_id: Id
    reason: Line


class ResponseRecorded(Body, kw_only=True):
    """Fields of the response to a score; completing all five ends its alert. `closed_note` closes it when a better
    score makes it needless.
    """

    type_name = "response_recorded"

    stay_id: Id
    task_id: Id
    response: Reply
    closed_note: Line | None = None


class RecurringCareStarted(Body, kw_only=True):
    """Recurring care from a template; `recurring_care_id` is the entry's id."""

    type_name = "recurring_care_started"

    stay_id: Id
    template_id: Id
    interval_minutes: Annotated[int, Meta(ge=15, le=24 * 60)]
    first_due_at: Instant


class RecurringCareStopped(Body, kw_only=True):
    """Recurring care ends; its open task is cancelled."""

    type_name = "recurring_care_stopped"

    stay_id: Id
    recurring_care_id: Id
    reason: Line
