"""The observation task of a stay: ended by a complete set, planned anew, told what an incomplete one still misses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from backend.db import Work
from backend.places.queries import policies
from backend.stays.queries import facts
from backend.tasks.actions.decide import write_changed
from backend.tasks.actions.plan import Stays, born_tasks
from backend.tasks.actions.write import end_alerts, save_tasks, worsen_overdue
from backend.tasks.queries import held_open_tasks, held_tasks, stays_of
from backend.tasks.rules.precedence import Said, cancelled, done
from backend.tasks.rules.task import PlannedTask, Task, classed, moved
from shared_schemas.alerts import AlertClass
from shared_schemas.tasks import CareKind


class Done(NamedTuple):
    """A complete set: when it was true at the patient, and by whom."""

    at: datetime
    staff_id: str


async def replace_observation_tasks(
    work: Work,
    planned: Sequence[PlannedTask],
    done_by: Mapping[str, Done] | None = None,
    stays: Stays | None = None,
    held: Iterable[Task] | None = None,
) -> list[str]:
    """Give each stay the observation task that is planned; returns the task ids of the plans in order.

    A stay in `done_by` was observed completely: its open task is completed, the alert resolved (withdrawn when it was
    done before the alert began), and the next begins. The others' open tasks move to the plan: the same observation
    under the same id, overdue with its alert where it was and is (rule 9). Of several plans of one stay only the last
    stays open; the others are born superseded, kept, and of no use to a tablet. `stays`: facts that the caller holds
    locked; `held`: the open tasks of the stays, when the caller holds them, too.
    """
    done_by = done_by or {}
    if stays is None:
        stays = await facts(work.connection, {each.stay_id for each in planned}, lock=True)
    fresh = await born_tasks(work, planned, stays)
    planned_for = {task.stay_id for task in fresh}
    if held is None:
        held = (await held_open_tasks(work.connection, sorted(planned_for))).values()
    before = {task.task_id: task for task in held if _is_observation(task) and task.stay_id in planned_for}
    last = {task.stay_id: task for task in fresh}
    changed = {
        task.task_id: _ended_or_moved(task, done_by.get(task.stay_id), last[task.stay_id]) for task in before.values()
    }
    open_ids = {task.stay_id: task.task_id for task in changed.values() if task.is_open}
    born = [task for task in last.values() if task.stay_id not in open_ids]
    superseded = [_superseded(task, work.now) for task in fresh if task is not last[task.stay_id]]
    await save_tasks(work, [*changed.values(), *born], stays, superseded)
    await end_alerts(work, before, changed.values())
    await worsen_overdue(work, before, changed.values())
    return [open_ids.get(task.stay_id, task.task_id) if task is last[task.stay_id] else task.task_id for task in fresh]


def _is_observation(task: Task) -> bool:
    return task.kind is CareKind.OBSERVATION


def _ended_or_moved(task: Task, by: Done | None, plan: Task) -> Task:
    return moved(task, plan) if by is None else done(task, Said(by.staff_id, by.at)).task


def _superseded(task: Task, now: datetime) -> Task:
    return cancelled(task, Said(None, now), None).task if task.is_open else task


async def cancel_observation_tasks(work: Work, stay_ids: Iterable[str], staff_id: str | None) -> None:
    """Observations are paused or stopped: nothing is due, alerts are withdrawn (rule 6)."""
    stays = await facts(work.connection, stay_ids, lock=True)
    held = await held_open_tasks(work.connection, sorted(stays))
    before = {task_id: task for task_id, task in held.items() if _is_observation(task)}
    word = Said(staff_id, work.now)
    await write_changed(work, before, {key: cancelled(task, word, None).task for key, task in before.items()}, stays)


async def update_missing(
    work: Work, missing: Mapping[str, Sequence[str]], overdue_class: AlertClass | None = None
) -> None:
    """Name what an incomplete set left out, by task; it stays open and due.

    A class is taken over where it is given, and with it the grace.
    """
    stays = await facts(work.connection, await stays_of(work.connection, missing), lock=True)
    before = await held_tasks(work.connection, missing)
    after = {key: replace(task, missing=list(missing[key])) for key, task in before.items()}
    if overdue_class is not None:
        in_force = await policies(work.connection, sorted({stay.unit_id for stay in stays.values()}), work.now)
        after = {
            key: classed(task, overdue_class, in_force[stays[task.stay_id].unit_id]) for key, task in after.items()
        }
    await write_changed(work, before, after, stays)
    await worsen_overdue(work, before, after.values())
