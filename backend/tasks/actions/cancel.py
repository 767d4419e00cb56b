"""What cancels of placements mean for care: a departure that never was has ended nothing."""

from collections.abc import Sequence

from msgspec.structs import replace

from backend.alerts import actions as alerts
from backend.changes.actions import append
from backend.db import Work
from backend.slice import Arrived
from backend.stays.actions import Undone
from backend.stays.queries import Facts, facts
from backend.tasks.actions.decide import said
from backend.tasks.actions.end import alert_again, end_tasks_of_departed
from backend.tasks.actions.recur import show_recurring
from backend.tasks.actions.write import save_tasks
from backend.tasks.queries import COLUMNS, task_of
from backend.tasks.rules.ending import DEPARTED
from backend.tasks.rules.task import Task, row_of
from shared_schemas.stays import PlacementCancelled, PlacementKind
from shared_schemas.tasks import CareKind, TaskState

OF_STAY = f"select {COLUMNS} from task where stay_id = $1 order by task_id for no key update"


async def undo_placements(work: Work, run: Sequence[Arrived[PlacementCancelled]]) -> list[Undone]:
    """Nothing is due for who never came; for who never left, what the departure ended is open again."""
    undone = await alerts.undo_placements(work, run)
    for arrived, one in zip(run, undone, strict=True):
        if one.how is PlacementKind.ADMISSION:
            gone = (await facts(work.connection, one.stay_ids)).values()
            await end_tasks_of_departed(work, [stay.stay_id for stay in gone if stay.departed_at], said(arrived))
        elif one.how is PlacementKind.DISCHARGE:
            for stay in (await facts(work.connection, one.stay_ids, lock=True)).values():
                await _open_again(work, stay, one)
    return undone


async def _open_again(work: Work, stay: Facts, undone: Undone) -> None:
    tasks = [task_of(row) for row in await work.connection.fetch(OF_STAY, stay.stay_id)]
    if undone.had_exited:
        for task in tasks:
            append(
                work,
                f"unit:{stay.unit_id}",
                row_of(task),
                row_id=task.task_id,
                version=task.version,
                stay_id=stay.stay_id,
            )
        await show_recurring(work, stay)
    ended = [task for task in tasks if _ended_by(task, undone)]
    await save_tasks(work, [_reopened(task) for task in ended], {stay.stay_id: stay})
    for task in ended:
        if task.kind is CareKind.RESPONSE:
            await alert_again(work, task, task.task_id)


def _ended_by(task: Task, undone: Undone) -> bool:
    """Whether this departure ended the task, not an earlier one that was taken back, too."""
    ended_at, departed_at = task.ended_at, undone.departed_at
    was_open = task.state is TaskState.CANCELLED and DEPARTED in task.flags
    return was_open and ended_at is not None and departed_at is not None and ended_at >= departed_at


def _reopened(task: Task) -> Task:
    """The task as it was; one that was overdue is overdue anew."""
    return replace(
        task,
        state=TaskState.READY if task.owner_staff_id is None else TaskState.ACCEPTED,
        ended_at=None,
        ended_by_staff_id=None,
        alerted_at=None,
        flags=[flag for flag in task.flags if flag is not DEPARTED],
    )
