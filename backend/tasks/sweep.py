"""What time does to tasks: overdue ones raise alerts, slots end when the next falls due, departed stays owe nothing.

Everywhere a stay is held before its tasks, and its tasks before their alerts, so that nobody waits in a circle.
"""

from collections.abc import Sequence
from datetime import datetime

from backend.alerts.actions import raise_alerts
from backend.batch import DueRows
from backend.db import Database, Work
from backend.slice import Sweep
from backend.stays.actions import settle
from backend.stays.queries import facts
from backend.tasks.actions.decide import write_changed
from backend.tasks.actions.end import end_tasks_of_departed
from backend.tasks.actions.write import overdue_alert
from backend.tasks.queries import COLUMNS, task_of
from backend.tasks.rules.precedence import Said, not_done_by_next
from backend.tasks.rules.task import Task

# One transaction holds no more rows than this, so that a storm after downtime does not hold everybody else up.
AT_ONCE = 200

HOLD = """
select task_id from task t join stay s using (stay_id) where task_id = any($1::uuid[])
order by s.stay_id for no key update of s skip locked
"""
OVERDUE = DueRows(
    "overdue",
    f"""
select task_id from task
where open and alerted_at is null and kind <> 'response' and overdue_at <= $1 and task_id <> all($2::uuid[])
  and (next_slot_at is null or next_slot_at > $1)
order by overdue_at, task_id limit {AT_ONCE}
""",
)
CLAIM = f"""
update task set alerted_at = $2
where task_id = any($1::uuid[]) and open and alerted_at is null and overdue_at <= $2
returning {COLUMNS}
"""
OVERDUE_AT = """
select min(overdue_at) from task
where open and alerted_at is null and kind <> 'response' and (next_slot_at is null or next_slot_at > overdue_at)
"""


async def sweep_overdue(database: Database, now: datetime) -> int:
    """Raise one alert for each task that is overdue (rule 2: due plus grace).

    1. Find tasks whose grace has passed; hold their stays; what another worker holds is skipped.
    2. Claim the tasks with a conditional update: a task that was done or claimed meanwhile is left out, so exactly one
       worker wins each.
    3. Raise their alerts in the same transaction: a death between claim and alert leaves neither.
    """
    return await OVERDUE.each(database, now, _raise)


async def _raise(work: Work, task_ids: Sequence[str]) -> int:
    held = [row["task_id"] for row in await work.connection.fetch(HOLD, task_ids)]
    claimed = [task_of(each) for each in await work.connection.fetch(CLAIM, held, work.now)] if held else []
    await raise_alerts(work, [overdue_alert(task) for task in sorted(claimed, key=_order)])
    return len(claimed)


def _order(task: Task) -> tuple[datetime, str]:
    return task.overdue_at, task.task_id


PAST_SLOTS = DueRows(
    "slots",
    f"""
select task_id from task where open and next_slot_at <= $1 and task_id <> all($2::uuid[])
order by next_slot_at, task_id limit {AT_ONCE}
""",
)
HELD_SLOTS = f"select {COLUMNS} from task where task_id = any($1::uuid[]) and open and next_slot_at <= $2 for update"
NEXT_SLOT_AT = "select min(next_slot_at) from task where open and next_slot_at is not null"


async def sweep_slots(database: Database, now: datetime) -> int:
    """A slot of recurring care becomes "not done by …" when the next falls due, which ends its alert (rule 9).

    1. Find open slots whose successor is due; hold their stays; a second worker skips them.
    2. Read the slots again under that hold, end them, end their alerts, plan the successors: one transaction.
    """
    return await PAST_SLOTS.each(database, now, _end_slots)


async def _end_slots(work: Work, task_ids: Sequence[str]) -> int:
    held = [row["task_id"] for row in await work.connection.fetch(HOLD, task_ids)]
    slots = [task_of(each) for each in await work.connection.fetch(HELD_SLOTS, held, work.now)]
    stays = await facts(work.connection, [slot.stay_id for slot in slots])
    before = {slot.task_id: slot for slot in slots}
    await write_changed(work, before, {key: not_done_by_next(slot, work.now) for key, slot in before.items()}, stays)
    return len(before)


DEPARTED = DueRows(
    "departed",
    f"""
select stay_id from stay where departed_at <= $1 and settled_at is null and stay_id <> all($2::uuid[])
order by departed_at limit {AT_ONCE}
""",
)
HELD_STAYS = """
select stay_id::text from stay where stay_id = any($1::uuid[]) and departed_at <= $2 and settled_at is null
order by stay_id for no key update skip locked
"""
DEPARTED_AT = "select min(departed_at) from stay where departed_at is not null and settled_at is null"


async def sweep_departed(database: Database, now: datetime) -> int:
    """Nothing stays due for a patient who has left.

    1. Find departed stays that are not settled; hold them; a second worker skips them.
    2. Cancel what is open of them (planned while the discharge was on its way), withdraw its alerts.
    3. Mark the stays settled in the same transaction, so that their rows may leave the tablets.
    """
    return await DEPARTED.each(database, now, _settle)


async def _settle(work: Work, stay_ids: Sequence[str]) -> int:
    held = [row["stay_id"] for row in await work.connection.fetch(HELD_STAYS, stay_ids, work.now)]
    await end_tasks_of_departed(work, held, Said(None, work.now))
    await settle(work, held, work.now)
    return len(held)


DEPARTED_STAYS = Sweep("departed", DEPARTED_AT, sweep_departed)
SLOTS = Sweep("slots", NEXT_SLOT_AT, sweep_slots)
OVERDUE_TASKS = Sweep("overdue", OVERDUE_AT, sweep_overdue)
