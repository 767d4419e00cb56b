"""A care task as the rules see it: the tablet's row and what only the server needs, never changed in place."""

import uuid
from datetime import datetime, timedelta
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from backend.alerts.rules.timing import SEVERITY
from shared_schemas.alerts import AlertClass
from shared_schemas.base import Id
from shared_schemas.flags import Flag
from shared_schemas.policy import CarePolicy, Policy, default_policy
from shared_schemas.tasks import (
    CareKind,
    Cause,
    NotDoneCareReason,
    Reply,
    TaskRow,
    TaskState,
)

OPEN = {TaskState.READY, TaskState.ACCEPTED, TaskState.ON_HOLD}
# Namespace of ids that follow from what they name, so that a repeated act plans the same task and no second one.
NAMES = uuid.UUID("0b5c3c52-52a0-5d34-8f33-6d3f0e1f7a01")
# RCP NEWS2 (2017), chart 4: hourly is the longest interval of a patient at risk; up to it the short margins hold.
FREQUENT_MINUTES = 60


class Task(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The fields of `TaskRow`, and four that only the server needs.

    `next_slot_at`: when the next slot of recurring care falls due. `overdue_class`: what an overdue alert would be;
    `alerted_at`: since when one runs. `version`: of the row.
    """

    task_id: Id
    stay_id: Id
    kind: CareKind
    state: TaskState
    text: str | None = None
    text_key: str | None = None
    text_params: dict[str, str | int] = {}
    cause: Cause
    planned_at: datetime
    due_at: datetime
    due_soon_at: datetime
    overdue_at: datetime
    interval_minutes: int | None = None
    standard_minutes: int
    owner_staff_id: Id | None = None
    assigned_by_staff_id: Id | None = None
    assigned_at: datetime | None = None
    slot_of: Id | None = None
    missing: list[str] = []
    response: Reply | None = None
    ended_at: datetime | None = None
    ended_by_staff_id: Id | None = None
    also_done_by_staff_ids: list[Id] = []
    reason: NotDoneCareReason | None = None
    reason_text: str | None = None
    flags: list[Flag] = []
    next_slot_at: datetime | None = None
    overdue_class: AlertClass = AlertClass.PLAIN
    alerted_at: datetime | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the care is still to be done."""
        return self.state in OPEN


class PlannedTask(msgspec.Struct, frozen=True, kw_only=True):
    """Care to be planned. `due_at` comes from when it was true at the patient, never from sync time.

    `overdue_class` is amber for the set of a patient with a single 3 or NEWS2 >= 5. A visit is due when its window
    closes, due soon before it opens at `window_from_at`; its nurse owns it from the start.
    """

    stay_id: Id
    kind: CareKind
    cause: Cause
    due_at: datetime
    text_key: str | None = None
    text_params: dict[str, str | int] = {}
    interval_minutes: int | None = None
    missing: tuple[str, ...] = ()
    slot_of: Id | None = None
    next_slot_at: datetime | None = None
    text: str | None = None
    overdue_class: AlertClass = AlertClass.PLAIN
    task_id: Id | None = None
    window_from_at: datetime | None = None
    owner_staff_id: Id | None = None


def margins(kind: CareKind, interval_minutes: int | None, overdue_class: AlertClass, policy: Policy) -> CarePolicy:
    """When this care is due soon and overdue, and how long it takes: policy of the unit."""
    frequent = interval_minutes is not None and interval_minutes <= FREQUENT_MINUTES
    if kind is CareKind.OBSERVATION and (frequent or overdue_class is AlertClass.AMBER):
        return policy.frequent_observation
    # A policy that a unit set before there was this kind of care does not know it.
    return policy.care.get(kind.value) or default_policy().care[kind.value]


def born(planned: PlannedTask, policy: Policy, now: datetime) -> Task:
    """The task that is planned at `now` under the unit's policy."""
    margin = margins(planned.kind, planned.interval_minutes, planned.overdue_class, policy)
    name = f"{planned.stay_id}/{planned.kind.value}/{planned.cause.cause_id}/{planned.due_at}/{now}"
    return Task(
        task_id=planned.task_id or str(uuid.uuid5(NAMES, name)),
        stay_id=planned.stay_id,
        kind=planned.kind,
        state=TaskState.READY,
        text=planned.text,
        text_key=planned.text_key,
        text_params=planned.text_params,
        cause=planned.cause,
        planned_at=now,
        due_at=planned.due_at,
        due_soon_at=(planned.window_from_at or planned.due_at) - timedelta(minutes=margin.due_soon_minutes),
        overdue_at=planned.due_at + timedelta(minutes=margin.grace_minutes),
        interval_minutes=planned.interval_minutes,
        standard_minutes=margin.standard_minutes,
        owner_staff_id=planned.owner_staff_id,
        slot_of=planned.slot_of,
        next_slot_at=planned.next_slot_at,
        missing=list(planned.missing),
        overdue_class=planned.overdue_class,
    )


def classed(task: Task, overdue_class: AlertClass, policy: Policy) -> Task:
    """The task with that class, and due soon and overdue by its margins."""
    margin = margins(task.kind, task.interval_minutes, overdue_class, policy)
    return replace(
        task,
        overdue_class=overdue_class,
        due_soon_at=task.due_at - timedelta(minutes=margin.due_soon_minutes),
        overdue_at=task.due_at + timedelta(minutes=margin.grace_minutes),
        standard_minutes=margin.standard_minutes,
    )


def moved(task: Task, to: Task) -> Task:
    """The same care under a new plan, `to`, born now: its id, its owner and what was said about it stay.

    What was overdue stays so with its alert, and becomes no less urgent, unless by the new plan nothing is due yet.
    It stays due when it was, where by the new plan it would be due only after it was overdue.
    """
    late = task.overdue_at <= to.planned_at and to.due_at <= to.planned_at
    urgent = max(task.overdue_class, to.overdue_class, key=SEVERITY.__getitem__)
    due = task if late and task.overdue_at < to.due_at else to
    return replace(
        task,
        cause=to.cause,
        text_key=to.text_key,
        planned_at=to.planned_at,
        due_at=due.due_at,
        due_soon_at=due.due_soon_at,
        overdue_at=min(task.overdue_at, to.overdue_at) if late else to.overdue_at,
        interval_minutes=to.interval_minutes,
        standard_minutes=to.standard_minutes,
        missing=to.missing,
        overdue_class=urgent if late else to.overdue_class,
        alerted_at=task.alerted_at if late else None,
    )


_ROW_FIELDS = TaskRow.__struct_fields__
_row_fields_in = attrgetter(*_ROW_FIELDS)


def row_of(task: Task) -> TaskRow:
    """The task as tablets keep it."""
    return TaskRow(**dict(zip(_ROW_FIELDS, _row_fields_in(task), strict=True)))
