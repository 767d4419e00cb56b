"""Planning care, by rules of the slices above or by hand."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from backend.db import Work
from backend.places.queries import policies
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.queries import Facts, facts
from backend.tasks.actions.write import save_tasks
from backend.tasks.rules.task import PlannedTask, Task, born
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.tasks import CareKind, Cause, CauseType, TaskPlanned, TaskState
from shared_schemas.wire import HeldReason

# Nobody plans ward care further ahead; an instant beyond it is a slip of the finger.
FURTHEST = timedelta(days=366)
TOO_FAR = Outcome(held=HeldReason.INVALID, detail=HeldDetail.TOO_FAR_AHEAD)
Stays = Mapping[str, Facts]


async def plan_tasks(work: Work, planned: Sequence[PlannedTask], stays: Stays | None = None) -> list[str]:
    """Plan care; returns task ids in order. What is planned for a departed patient is born cancelled.

    One open observation and one open response a stay: the caller has ended the one before, or gets
    asyncpg.UniqueViolationError. `stays`: the facts of the stays, where the caller has them.
    """
    if stays is None:
        stays = await facts(work.connection, {each.stay_id for each in planned})
    tasks = await born_tasks(work, planned, stays)
    await save_tasks(work, tasks, stays)
    return [task.task_id for task in tasks]


async def born_tasks(work: Work, planned: Sequence[PlannedTask], stays: Stays) -> list[Task]:
    """The tasks as the units' policies make them, not yet stored."""
    if not planned:
        return []
    units = {stays[each.stay_id].unit_id for each in planned}
    in_force = await policies(work.connection, sorted(units), work.now)
    tasks = []
    for each in planned:
        stay = stays[each.stay_id]
        task = born(each, in_force[stay.unit_id], work.now)
        if stay.departed_at is not None:
            task = replace(task, state=TaskState.CANCELLED, ended_at=work.now, flags=[Flag.AFTER_DEPARTURE])
        tasks.append(task)
    return tasks


async def plan_by_hand(work: Work, run: Sequence[Arrived[TaskPlanned]]) -> list[Outcome]:
    """What a person typed ("bloods 04:00"), due when she said; the task's id is the entry's."""
    outcomes, planned = [], []
    stays = await facts(work.connection, {arrived.body.stay_id for arrived in run})
    for arrived in run:
        body = arrived.body
        if abs(body.due_at - arrived.received_at) > FURTHEST:
            outcomes.append(TOO_FAR)
            continue
        cause = Cause(cause_type=CauseType.ENTRY, cause_id=arrived.entry_id, text_key="cause.by_hand")
        planned.append(
            PlannedTask(
                task_id=arrived.entry_id,
                stay_id=body.stay_id,
                kind=CareKind.OTHER,
                cause=cause,
                due_at=body.due_at,
                text=body.text,
            )
        )
        outcomes.append(planned_for(stays[body.stay_id]))
    await plan_tasks(work, planned, stays)
    return outcomes


def planned_for(stay: Facts) -> Outcome:
    """What is told who plans care: for a patient who has left nobody will do it."""
    return APPLIED if stay.departed_at is None else Outcome(flags=(Flag.DEPARTED_BEFORE,))
