"""Slots of recurring care: when the next one is due. Minutes are absolute, so no change of clocks moves them."""

from datetime import datetime, timedelta

from backend.tasks.rules.task import PlannedTask, Task
from shared_schemas.tasks import TaskState


def next_due_at(task: Task, now: datetime) -> datetime:
    """The due instant after this slot.

    Done: an interval after it was done, for the pressure on the skin began again then. Not done: the next point of the
    slot's own grid; after a long stillness of the server the latest point that has passed, so that no missed slot is
    replayed.
    """
    interval = timedelta(minutes=task.interval_minutes or 0)
    if task.state is TaskState.COMPLETED and task.ended_at is not None:
        return task.ended_at + interval
    first = task.next_slot_at or task.due_at + interval
    missed = max((now - first) // interval, 0)
    return first + missed * interval


def next_slot(task: Task, now: datetime) -> PlannedTask:
    """The slot that follows an ended one, for the same reason."""
    due_at = next_due_at(task, now)
    return PlannedTask(
        stay_id=task.stay_id,
        kind=task.kind,
        cause=task.cause,
        due_at=due_at,
        text_key=task.text_key,
        text_params=task.text_params,
        interval_minutes=task.interval_minutes,
        slot_of=task.slot_of,
        next_slot_at=due_at + timedelta(minutes=task.interval_minutes or 0),
    )
