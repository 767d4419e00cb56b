"""How a change of a task ends its alert."""

from datetime import datetime
from enum import Enum
from typing import NamedTuple

from backend.tasks.rules.task import Task
from backend.tasks.rules.visiting import began_at
from shared_schemas.flags import Flag
from shared_schemas.tasks import CareKind, TaskState


class Ending(Enum):
    """Resolved: somebody answered. Withdrawn: the cause is gone, or was never true."""

    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class AlertEnd(NamedTuple):
    """How an alert ends, and the coded reason kept with it."""

    ending: Ending
    why: str


# The flag of what was open when the patient left, and why its alert was withdrawn.
DEPARTED = Flag.DEPARTED
_WHY = {
    TaskState.COMPLETED: AlertEnd(Ending.RESOLVED, "done"),
    TaskState.FAILED: AlertEnd(Ending.RESOLVED, "not_done"),
    TaskState.CANCELLED: AlertEnd(Ending.WITHDRAWN, "cancelled"),
}


def ending(before: Task | None, after: Task) -> AlertEnd | None:
    """What the change means for a running alert; None when there was none, or it goes on."""
    if before is None or (before.alerted_at is None and before.kind is not CareKind.RESPONSE):
        return None
    if after.state is TaskState.ON_HOLD and after.alerted_at is None:
        return AlertEnd(Ending.WITHDRAWN, "deferred")
    if after.is_open and before.alerted_at is not None and after.alerted_at is None:
        return _began(before.alerted_at, after) or AlertEnd(Ending.WITHDRAWN, "planned_anew")
    if after.is_open or not before.is_open:
        return None
    if after.state is TaskState.FAILED and after.ended_by_staff_id is None:
        return AlertEnd(Ending.RESOLVED, "not_done_by")
    if DEPARTED in after.flags:
        return AlertEnd(Ending.WITHDRAWN, DEPARTED)
    done_before = (
        after.state is TaskState.COMPLETED
        and after.ended_at is not None
        and before.alerted_at is not None
        and after.ended_at < before.alerted_at
    )
    # Rule 8: done before the alert began, told late: the alert was false.
    return AlertEnd(Ending.WITHDRAWN, "done_before") if done_before else _WHY[after.state]


def _began(alerted_at: datetime, after: Task) -> AlertEnd | None:
    """A visit that began ends its alert; when it had begun before the alert did, the alert was false (rule 8)."""
    if after.kind is not CareKind.HOME_VISIT or after.state is not TaskState.ACCEPTED:
        return None
    in_time = began_at(after) < alerted_at
    return AlertEnd(Ending.WITHDRAWN, "began_before") if in_time else AlertEnd(Ending.RESOLVED, "began")
