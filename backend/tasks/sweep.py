"""What time does to tasks: overdue ones raise alerts, slots end when the next falls due, departed stays owe nothing."""

from datetime import datetime

from backend.alerts.actions import NewAlert, raise_alerts
from backend.db import Database, Work, unit_of_work
from backend.stays.actions import settle
from backend.tasks.actions.decide import write_changed
from backend.tasks.actions.end import cancel_tasks_of
from backend.tasks.queries import COLUMNS, task_of
from backend.tasks.rules.precedence import Said, not_done_by_next
from backend.tasks.rules.task import Task
from shared_schemas.alerts import AlertCause

# One transaction holds no more rows than this, so that a storm after downtime does not hold everybody else up.
AT_ONCE = 200

OVERDUE = f"""
update task set alerted_at = $1 where task_id in (
    select task_id from task
    where open and alerted_at is null and kind <> 'response' and overdue_at <= $1
      and (next_slot_at is null or next_slot_at > $1)
    order by overdue_at, task_id limit {AT_ONCE} for update skip locked)
returning {COLUMNS}
"""
NEXT_OVERDUE = """
select min(overdue_at) from task where open and alerted_at is null and kind <> 'response' and overdue_at > $1
"""


async def sweep_overdue(database: Database, now: datetime) -> datetime | None:
    """Raise one alert for each task that is overdue (rule 2: due plus grace).

    1. Claim tasks whose grace has passed, with a conditional update: of several workers one wins each row, the
       others skip it.
    2. Raise their alerts in the same transaction: a death between the two leaves neither.
    3. Repeat while a claim was full; then name the next instant at which a task is overdue.
    """
    while True:
        async with unit_of_work(database, now) as work:
            claimed = [task_of(each) for each in await work.connection.fetch(OVERDUE, now)]
            await raise_alerts(work, [_alert(task) for task in sorted(claimed, key=_order)])
            next_at = await work.connection.fetchval(NEXT_OVERDUE, now)
        if len(claimed) < AT_ONCE:
            return next_at


def _order(task: Task) -> tuple[datetime, str]:
    return task.overdue_at, task.task_id


def _alert(task: Task) -> NewAlert:
    return NewAlert(
        stay_id=task.stay_id,
        alert_class=task.overdue_class,
        cause=AlertCause.OVERDUE_TASK,
        cause_id=task.task_id,
        text_key=f"alert.overdue.{task.kind.value}",
        text_params={"due_at": task.due_at.isoformat()},
    )


PAST_SLOTS = f"""
select {COLUMNS} from task where open and next_slot_at <= $1
order by next_slot_at, task_id limit {AT_ONCE} for update skip locked
"""
NEXT_SLOT = "select min(next_slot_at) from task where open and next_slot_at > $1"


async def sweep_slots(database: Database, now: datetime) -> datetime | None:
    """A slot of recurring care becomes "not done by …" when the next falls due, which ends its alert (rule 9).

    1. Hold open slots whose successor is due; a second worker skips them.
    2. End them, end their alerts, plan the successors: one transaction.
    3. Repeat while there are more; then name the instant of the next.
    """
    while True:
        async with unit_of_work(database, now) as work:
            before = await _past_slots(work, now)
            await write_changed(work, before, {key: not_done_by_next(task, now) for key, task in before.items()})
            next_at = await work.connection.fetchval(NEXT_SLOT, now)
        if len(before) < AT_ONCE:
            return next_at


async def _past_slots(work: Work, now: datetime) -> dict[str, Task]:
    return {task.task_id: task for task in map(task_of, await work.connection.fetch(PAST_SLOTS, now))}


DEPARTED = f"""
select stay_id::text from stay where departed_at <= $1 and settled_at is null
order by departed_at limit {AT_ONCE} for no key update skip locked
"""


async def sweep_departed(database: Database, now: datetime) -> datetime | None:
    """Nothing stays due for a patient who has left.

    1. Hold departed stays that are not settled; a second worker skips them.
    2. Cancel what is open of them (planned while the discharge was on its way), withdraw its alerts.
    3. Mark the stays settled in the same transaction, so that their rows may leave the tablets.
    """
    while True:
        async with unit_of_work(database, now) as work:
            stay_ids = [each["stay_id"] for each in await work.connection.fetch(DEPARTED, now)]
            if stay_ids:
                await cancel_tasks_of(work, stay_ids, Said(None, now), "departed")
                await settle(work, stay_ids, now)
        if len(stay_ids) < AT_ONCE:
            return None
