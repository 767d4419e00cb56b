"""Every stay is observed: its first plan, and plans that follow from a decision instead of a set."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from backend.db import Work
from backend.tasks.actions import replace_observation_tasks
from backend.tasks.rules.task import PlannedTask, Task
from backend.vitals.actions.effects import planned_observation
from backend.vitals.actions.gather import Gathered, stays_of
from backend.vitals.actions.write import save_duties
from backend.vitals.rules.intervals import next_set, overdue_class
from backend.vitals.rules.kept import KeptDuty
from shared_schemas.alerts import AlertClass
from shared_schemas.tasks import CareKind, Cause, CauseType


async def first_duties(work: Work, stays: Iterable[Gathered]) -> None:
    """Keep the duty of stays that have none yet."""
    new = [gathered for gathered in stays if gathered.kept.duty is None]
    await save_duties(work, [gathered.duty for gathered in new], {one.stay.stay_id: one.stay.feed for one in new})


async def save_duty(work: Work, gathered: Gathered, duty: KeptDuty) -> None:
    """Keep one stay's duty as it is now."""
    await save_duties(work, [duty], {duty.stay_id: gathered.stay.feed})


def first_set_at(gathered: Gathered) -> datetime:
    """When the first set is due after admission or transfer in."""
    return gathered.stay.arrived_at + timedelta(minutes=gathered.policy.observation.first_set_minutes)


def planned_by(gathered: Gathered, due_at: datetime, cause: Cause) -> PlannedTask:
    """An observation that follows from an arrival or a person's decision; how ill the patient was is not forgotten."""
    known = gathered.kept.known
    return PlannedTask(
        stay_id=gathered.stay.stay_id,
        kind=CareKind.OBSERVATION,
        cause=cause,
        due_at=due_at,
        text_key="task.observation",
        overdue_class=overdue_class(known, next_set(known, gathered.rhythm)),
    )


def first_cause(gathered: Gathered) -> Cause:
    """Because the patient came."""
    arrived_at = gathered.stay.arrived_at.isoformat()
    return Cause(
        cause_type=CauseType.ADMISSION,
        cause_id=gathered.stay.stay_id,
        text_key="cause.first_set",
        text_params={"arrived_at": arrived_at},
    )


async def replan(
    work: Work, gathered: Gathered, duty: KeptDuty, not_before: datetime, *, stays_overdue: bool = True
) -> None:
    """Plan the next set anew after a decision about the interval or the scale; what was missing stays missing.

    Nobody can be late for a set that was wanted only now, so that it is due no earlier than the decision. One that is
    overdue stays so until a complete set or a pause (rule 9), unless the set that it followed was wrong.
    """
    if not gathered.observes(duty, work.now):
        return
    rhythm = replace(gathered.rhythm, interval_minutes=duty.interval_minutes, interval_band=duty.interval_band)
    plan = next_set(gathered.kept.known, rhythm)
    task = gathered.observation
    if plan is not None:
        missing = tuple(task.missing) if task else ()
        due_at = max(plan.due_at, unless_due(task, not_before))
        if stays_overdue and task is not None and task.overdue_at <= work.now:
            due_at = task.due_at
        planned = planned_observation(gathered, msgspec.structs.replace(plan, due_at=due_at), missing)
    elif task is not None and duty.interval_minutes is not None:
        asked_at = not_before + timedelta(minutes=duty.interval_minutes)
        planned = planned_by(gathered, min(task.due_at, asked_at), task.cause)
    else:
        return
    if task is not None and task.missing and task.overdue_class is AlertClass.AMBER:
        planned = msgspec.structs.replace(planned, overdue_class=AlertClass.AMBER)
    if task is None or (task.due_at, task.interval_minutes) != (planned.due_at, planned.interval_minutes):
        await replace_observation_tasks(work, [planned], stays=stays_of([gathered]))


def unless_due(task: Task | None, now: datetime) -> datetime:
    """The earliest instant for what is wanted only now: what is due already is not put off by saying so again."""
    return now if task is None else min(now, task.due_at)
