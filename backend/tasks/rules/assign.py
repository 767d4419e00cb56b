"""What follows when who leads the unit gives a task to a person. Pure."""

from datetime import datetime

from msgspec.structs import replace

from backend.tasks.rules.precedence import Decision
from backend.tasks.rules.task import Task
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.tasks import TaskState
from shared_schemas.wire import HeldReason


def assigned(task: Task, to_staff_id: str, from_staff_id: str | None, by_staff_id: str, at: datetime) -> Decision:
    """The task is hers; decided on another claim than the present one it is held: no decision is undone unseen."""
    if not task.is_open:
        return Decision(task, (Flag.CLAIMED_AFTER_END,))
    if task.owner_staff_id == to_staff_id:
        return Decision(task, (Flag.OWNER_ALREADY,))
    if task.owner_staff_id != from_staff_id:
        return Decision(task, held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.OWNER_CHANGED)
    state = TaskState.ACCEPTED if task.state is TaskState.READY else task.state
    hers = {"owner_staff_id": to_staff_id, "assigned_by_staff_id": by_staff_id, "assigned_at": at}
    return Decision(replace(task, state=state, **hers))
