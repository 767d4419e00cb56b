"""The care tasks of home visits, which change with their visits and by nothing else."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from backend.alerts.actions import reassign_alerts, retell_alerts
from backend.db import Work
from backend.places.queries import policies
from backend.tasks.actions.decide import write_changed
from backend.tasks.actions.plan import Stays, plan_tasks
from backend.tasks.actions.write import overdue_params
from backend.tasks.queries import held_open_tasks, held_tasks
from backend.tasks.rules.precedence import Said, cancelled, done
from backend.tasks.rules.task import PlannedTask, Task, margins
from backend.tasks.rules.visiting import PLAN_VISIT
from shared_schemas.alerts import AlertCause, AlertClass
from shared_schemas.policy import CarePolicy
from shared_schemas.tasks import CareKind, Cause, CauseType

# What an entry does to the task of its visit, by the margins that hold in the unit.
VisitChange = Callable[[Task, CarePolicy], Task]


async def change_visit_tasks(work: Work, changes: Mapping[str, Sequence[VisitChange]], stays: Stays) -> None:
    """Change the tasks of visits in the order of what was said; an alert follows to the nurse who is to go now.

    `stays`: the facts of their stays, held by the caller.
    """
    before = await held_tasks(work.connection, sorted(changes))
    if not before:
        return
    units = {stays[task.stay_id].unit_id for task in before.values()}
    in_force = await policies(work.connection, sorted(units), work.now)
    after = dict(before)
    for task_id, task in before.items():
        policy = in_force[stays[task.stay_id].unit_id]
        margin = margins(CareKind.HOME_VISIT, None, AlertClass.PLAIN, policy)
        for change in changes[task_id]:
            after[task_id] = change(after[task_id], margin)
    await write_changed(work, before, after, stays)
    moved = [task for task_id, task in after.items() if _runs(task) and task.due_at != before[task_id].due_at]
    if moved:
        await retell_alerts(work, {(AlertCause.OVERDUE_TASK, task.task_id): overdue_params(task) for task in moved})
    given = {
        (AlertCause.OVERDUE_TASK, task_id): task.owner_staff_id
        for task_id, task in after.items()
        if _runs(task) and task.owner_staff_id != before[task_id].owner_staff_id
    }
    if given:
        await reassign_alerts(work, given)


def _runs(task: Task) -> bool:
    return task.alerted_at is not None and task.is_open


async def keep_home_tasks(
    work: Work, stays: Stays, *, nothing_planned: AbstractSet[str], unwanted: Collection[str], due_at: datetime
) -> None:
    """Give each stay of `nothing_planned` its task to plan the next visit, due then, and cancel that of the others.

    `unwanted`: visits that will not take place; their tasks are cancelled, too.
    """
    held = await held_open_tasks(work.connection, sorted(stays))
    planning = {key: task for key, task in held.items() if task.text_key == PLAN_VISIT}
    before = {key: task for key, task in planning.items() if task.stay_id not in nothing_planned}
    before |= {key: held[key] for key in unwanted if key in held}
    nobody = Said(None, work.now)
    await write_changed(work, before, {key: cancelled(task, nobody, None).task for key, task in before.items()}, stays)
    without = nothing_planned - {task.stay_id for task in planning.values()}
    await plan_tasks(work, [_planning(stay_id, due_at) for stay_id in sorted(without)], stays)


def _planning(stay_id: str, due_at: datetime) -> PlannedTask:
    cause = Cause(cause_type=CauseType.VISIT, cause_id=stay_id, text_key="cause.nothing_planned")
    return PlannedTask(stay_id=stay_id, kind=CareKind.OTHER, cause=cause, due_at=due_at, text_key=PLAN_VISIT)


async def complete_planning(work: Work, planned_by: Mapping[str, Said], stays: Stays) -> None:
    """The next visit of these stays is planned, by whom and when."""
    held = await held_open_tasks(work.connection, sorted(planned_by))
    before = {key: task for key, task in held.items() if task.text_key == PLAN_VISIT}
    after = {key: done(task, planned_by[task.stay_id]).task for key, task in before.items()}
    await write_changed(work, before, after, stays)
