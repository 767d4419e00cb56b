"""The care task of a home visit: what its progress and its plan make of it."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from backend.tasks.rules.task import Task
from shared_schemas.policy import CarePolicy
from shared_schemas.tasks import TaskState

# The task of a home patient for whom nothing is planned.
PLAN_VISIT = "task.plan_visit"
# Source: wardlight; awaits sign-off. Nobody stays longer: a visit that has not ended by then is asked about.
LONGEST_VISIT = timedelta(hours=4)


def window_params(from_at: datetime, to_at: datetime) -> dict[str, str | int]:
    """The window as the cause of the task tells it."""
    return {"from_at": from_at.isoformat(), "to_at": to_at.isoformat()}


def windowed(task: Task, from_at: datetime, to_at: datetime, margin: CarePolicy, now: datetime) -> Task:
    """The visit in another window, which its cause tells; what is not yet overdue in it is overdue no more."""
    overdue_at = to_at + timedelta(minutes=margin.grace_minutes)
    return replace(
        task,
        cause=replace(task.cause, text_params=window_params(from_at, to_at)),
        due_at=to_at,
        due_soon_at=from_at - timedelta(minutes=margin.due_soon_minutes),
        overdue_at=overdue_at,
        alerted_at=task.alerted_at if overdue_at <= now else None,
    )


def given(task: Task, staff_id: str | None) -> Task:
    """The visit is another nurse's."""
    return replace(task, owner_staff_id=staff_id)


def begun(task: Task, staff_id: str, at: datetime) -> Task:
    """The nurse is there: it is hers, and overdue only when it goes on for too long."""
    ends_at = at + LONGEST_VISIT
    return replace(
        task,
        state=TaskState.ACCEPTED,
        owner_staff_id=staff_id,
        due_at=ends_at,
        due_soon_at=ends_at,
        overdue_at=ends_at,
        alerted_at=None,
        ended_at=None,
        ended_by_staff_id=None,
    )


def began_at(task: Task) -> datetime:
    """When a visit that goes on began."""
    return task.due_at - LONGEST_VISIT


def standing(task: Task, *, begun: bool) -> Task:
    """An open task in the state of its visit; one that ended stays as it is."""
    return replace(task, state=TaskState.ACCEPTED if begun else TaskState.READY) if task.is_open else task
