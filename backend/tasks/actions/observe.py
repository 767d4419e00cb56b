"""The observation task of a stay: ended by a complete set, planned anew, told what an incomplete one still misses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from backend.db import Work
from backend.tasks.actions.decide import write_changed
from backend.tasks.actions.plan import born_tasks
from backend.tasks.actions.write import end_alerts, save_tasks
from backend.tasks.queries import held_open_tasks, held_tasks
from backend.tasks.rules.precedence import Said, cancelled, done
from backend.tasks.rules.task import PlannedTask, Task
from shared_schemas.alerts import AlertClass
from shared_schemas.tasks import CareKind

NOBODY: Mapping[str, "Done"] = {}


class Done(NamedTuple):
    """A complete set: when it was true at the patient, and by whom."""

    at: datetime
    staff_id: str


async def replace_observation_tasks(
    work: Work, planned: Sequence[PlannedTask], done_by: Mapping[str, Done] = NOBODY
) -> list[str]:
    """End the open observation task of each stay and plan the next; returns the new task ids in order.

    A stay in `done_by` was observed completely: its open task is completed, the alert resolved (withdrawn when it was
    done before the alert began). The others' open tasks are cancelled. Of several plans of one stay the last stays
    open. The caller holds the stays (`stays.queries.facts(lock=True)`).
    """
    fresh, feeds = await born_tasks(work, planned)
    held = await held_open_tasks(work.connection, sorted({task.stay_id for task in fresh}))
    before = {task_id: task for task_id, task in held.items() if task.kind is CareKind.OBSERVATION}
    ended = [_ended(task, done_by.get(task.stay_id), work.now) for task in before.values()]
    last = {task.stay_id: task for task in fresh}
    superseded = [
        cancelled(task, Said(None, work.now), None).task if task is not last[task.stay_id] and task.is_open else task
        for task in fresh
    ]
    await save_tasks(work, {task.task_id: task for task in [*ended, *superseded]}.values(), feeds)
    await end_alerts(work, before, ended)
    return [task.task_id for task in fresh]


def _ended(task: Task, by: Done | None, now: datetime) -> Task:
    if by is None:
        return cancelled(task, Said(None, now), None).task
    return done(task, Said(by.staff_id, by.at)).task


async def cancel_observation_tasks(work: Work, stay_ids: Iterable[str], staff_id: str | None) -> None:
    """Observations are paused or stopped: nothing is due, alerts are withdrawn (rule 6)."""
    held = await held_open_tasks(work.connection, sorted(stay_ids))
    before = {task_id: task for task_id, task in held.items() if task.kind is CareKind.OBSERVATION}
    said = Said(staff_id, work.now)
    await write_changed(work, before, {key: cancelled(task, said, None).task for key, task in before.items()})


async def update_missing(
    work: Work, task_id: str, missing: Sequence[str], overdue_class: AlertClass | None = None
) -> None:
    """Name what an incomplete set left out; the task stays open and due. A higher class is taken over."""
    before = await held_tasks(work.connection, [task_id])
    after = {
        key: replace(task, missing=list(missing), overdue_class=overdue_class or task.overdue_class)
        for key, task in before.items()
    }
    await write_changed(work, before, after)
