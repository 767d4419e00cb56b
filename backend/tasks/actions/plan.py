"""Planning care, by rules of the slices above or by hand."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec.structs import replace

from backend.db import Work
from backend.places.queries import policies
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.queries import facts
from backend.tasks.actions.write import save_tasks
from backend.tasks.rules.task import PlannedTask, Task, born
from shared_schemas.tasks import CareKind, Cause, CauseType, TaskPlanned, TaskState
from shared_schemas.wire import HeldReason

# Nobody plans ward care further ahead; an instant beyond it is a slip of the finger.
FURTHEST = timedelta(days=366)
TOO_FAR = Outcome(held=HeldReason.INVALID, detail="due more than a year away")


async def plan_tasks(work: Work, planned: Sequence[PlannedTask]) -> list[str]:
    """Plan care; returns task ids in order. What is planned for a departed patient is born cancelled.

    One open observation and one open response a stay: the caller has ended the one before, or gets
    asyncpg.UniqueViolationError.
    """
    tasks, feeds = await born_tasks(work, planned)
    await save_tasks(work, {task.task_id: task for task in tasks}.values(), feeds)
    return [task.task_id for task in tasks]


async def born_tasks(work: Work, planned: Sequence[PlannedTask]) -> tuple[list[Task], dict[str, str | None]]:
    """The tasks as the units' policies make them, not yet stored; and the feed of each stay."""
    if not planned:
        return [], {}
    unit_of, feeds, departed = await places_of(work, planned)
    in_force = await policies(work.connection, sorted(set(unit_of.values())), work.now)
    tasks = []
    for each in planned:
        task = born(each, in_force[unit_of[each.stay_id]], work.now)
        if each.stay_id in departed:
            task = replace(task, state=TaskState.CANCELLED, ended_at=work.now, flags=["after_departure"])
        tasks.append(task)
    return tasks, feeds


async def places_of(
    work: Work, planned: Iterable[PlannedTask]
) -> tuple[dict[str, str], dict[str, str | None], set[str]]:
    """Unit and feed by stay, and which stays have departed; asked only of stays whose unit the caller did not say."""
    unit_of = {each.stay_id: each.unit_id for each in planned if each.unit_id is not None}
    feeds: dict[str, str | None] = {stay_id: f"unit:{unit_id}" for stay_id, unit_id in unit_of.items()}
    unknown = {each.stay_id for each in planned} - set(unit_of)
    departed: set[str] = set()
    if unknown:
        for stay in (await facts(work.connection, unknown)).values():
            unit_of[stay.stay_id] = stay.unit_id
            feeds[stay.stay_id] = stay.feed
            if stay.departed_at is not None:
                departed.add(stay.stay_id)
    return unit_of, feeds, departed


async def plan_by_hand(work: Work, run: Sequence[Arrived[TaskPlanned]]) -> list[Outcome]:
    """What a person typed ("bloods 04:00"), due when she said; the task's id is the entry's."""
    outcomes, planned = [], []
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
        outcomes.append(APPLIED)
    await plan_tasks(work, planned)
    return outcomes
