"""Where a task stands at an instant: a pure function of (task, now), never stored."""

from datetime import datetime, timedelta
from enum import Enum

from backend.tasks.rules.task import Task
from shared_schemas.tasks import TaskRow, TaskState


class Standing(Enum):
    """What a list says of a task."""

    LATER = "later"
    DUE_SOON = "due_soon"
    DUE = "due"
    OVERDUE = "overdue"
    NOT_DONE_BY = "not_done_by"
    DONE = "done"
    NOT_DONE = "not_done"
    CANCELLED = "cancelled"


def standing(task: Task | TaskRow, now: datetime) -> Standing:
    """Due soon, due and overdue begin at their instants; a slot of recurring care is "not done by" its next one."""
    if task.state is TaskState.COMPLETED:
        return Standing.DONE
    if task.state is TaskState.CANCELLED:
        return Standing.CANCELLED
    if task.state is TaskState.FAILED:
        return Standing.NOT_DONE_BY if task.ended_by_staff_id is None else Standing.NOT_DONE
    replaced_at = next_slot_at(task)
    if replaced_at is not None and now >= replaced_at:
        return Standing.NOT_DONE_BY
    if now >= task.overdue_at:
        return Standing.OVERDUE
    if now >= task.due_at:
        return Standing.DUE
    return Standing.DUE_SOON if now >= task.due_soon_at else Standing.LATER


def next_slot_at(task: Task | TaskRow) -> datetime | None:
    """When the next slot of recurring care falls due; None for care that does not recur."""
    if isinstance(task, Task) and task.next_slot_at is not None:
        return task.next_slot_at
    if task.slot_of is None or task.interval_minutes is None:
        return None
    return task.due_at + timedelta(minutes=task.interval_minutes)
