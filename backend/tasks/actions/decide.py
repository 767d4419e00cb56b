"""The one way in which a person's word changes a task: hold it, decide by the rules, write all at once."""

from collections.abc import Callable, Sequence

from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.stays.queries import facts
from backend.tasks.actions.plan import born_tasks
from backend.tasks.actions.write import end_alerts, save_tasks
from backend.tasks.queries import held_tasks
from backend.tasks.rules.precedence import Decision, Said
from backend.tasks.rules.slots import next_slot
from backend.tasks.rules.task import Task
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail="task")
Decide = Callable[[Task, Arrived], Decision]


async def decide_tasks(work: Work, run: Sequence[Arrived], decide: Decide) -> list[Outcome]:
    """Apply a run of entries that name a task each; the same few statements for three entries or three hundred."""
    before = await held_tasks(work.connection, sorted({arrived.body.task_id for arrived in run}))
    after, outcomes = dict(before), []
    for arrived in run:
        task = after.get(arrived.body.task_id)
        if task is None or task.stay_id != arrived.body.stay_id:
            outcomes.append(UNKNOWN)
            continue
        decision = decide(task, arrived)
        after[task.task_id] = decision.task
        outcomes.append(Outcome(decision.flags, decision.held, decision.detail))
    await write_changed(work, before, after)
    return outcomes


async def write_changed(work: Work, before: dict[str, Task], after: dict[str, Task]) -> list[Task]:
    """Write what differs, end the alerts of what ended, plan the next slot of ended recurring care.

    Returns the tasks that changed.
    """
    changed = [task for task_id, task in after.items() if task != before[task_id]]
    if not changed:
        return []
    stays = await facts(work.connection, {task.stay_id for task in changed})
    feeds = {stay_id: stay.feed for stay_id, stay in stays.items()}
    ended = [task for task in changed if not task.is_open and before[task.task_id].is_open]
    present = [task for task in ended if stays[task.stay_id].departed_at is None]
    following = await _next_slots(work, present, [task.task_id for task in ended])
    await save_tasks(work, [*changed, *following], feeds)
    await end_alerts(work, before, changed)
    return changed


RUNNING = """
select recurring_care_id::text from recurring_care
where recurring_care_id = any($1::uuid[]) and stopped_at is null
  and not exists (select from task where slot_of = recurring_care_id and open and task_id <> all($2::uuid[]))
"""


async def _next_slots(work: Work, ended: Sequence[Task], ended_ids: Sequence[str]) -> list[Task]:
    """The slot after each ended one, where the care goes on and no other slot of it is open."""
    last = {task.slot_of: task for task in sorted(ended, key=lambda each: each.due_at) if task.slot_of is not None}
    if not last:
        return []
    running = await work.connection.fetch(RUNNING, list(last), list(ended_ids))
    planned = [next_slot(last[each["recurring_care_id"]], work.now) for each in running]
    following, _ = await born_tasks(work, planned)
    return following


def said(arrived: Arrived) -> Said:
    """Who says it, and when it was true at the patient."""
    return Said(arrived.author.staff_id, arrived.observed_at)
