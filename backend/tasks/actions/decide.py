"""The one way in which words change tasks: hold the stays, then the tasks; decide by the rules; write all at once."""

from collections.abc import Callable, Mapping, Sequence

from backend.access.rules import may_plan
from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.stays.queries import Facts, facts
from backend.tasks.actions.plan import Stays, born_tasks
from backend.tasks.actions.write import end_alerts, save_tasks
from backend.tasks.queries import held_tasks
from backend.tasks.rules.precedence import Decision, Said
from backend.tasks.rules.slots import next_slot
from backend.tasks.rules.task import Task
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.tasks import CareKind
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_TASK)
# Its nurse starts and ends it, or says why not; ticks beside that would leave the visit behind.
VISIT_DECIDES = Outcome(flags=(Flag.VISIT_DECIDES,))
Decide = Callable[[Task, Arrived], Decision]


async def decide_tasks(work: Work, run: Sequence[Arrived], decide: Decide) -> list[Outcome]:
    """Apply a run of entries that name a task each; the same few statements for three entries or three hundred."""
    stays, before = await held_for(work, run)
    after, outcomes = dict(before), []
    for arrived in run:
        task = after.get(arrived.body.task_id)
        if task is None or task.stay_id != arrived.body.stay_id:
            outcomes.append(UNKNOWN)
            continue
        if task.kind is CareKind.HOME_VISIT:
            outcomes.append(VISIT_DECIDES)
            continue
        decision = decide(task, arrived)
        after[task.task_id] = decision.task
        outcomes.append(Outcome(decision.flags, decision.held, decision.detail))
    await write_changed(work, before, after, stays)
    return outcomes


async def held_for(work: Work, run: Sequence[Arrived]) -> tuple[dict[str, Facts], dict[str, Task]]:
    """The stays and tasks that a run names, kept from other writers: stays first, everywhere, so nobody dead-locks."""
    stays = await facts(work.connection, {arrived.body.stay_id for arrived in run}, lock=True)
    tasks = await held_tasks(work.connection, sorted({arrived.body.task_id for arrived in run}))
    return stays, {task_id: task for task_id, task in tasks.items() if task.stay_id in stays}


async def write_changed(work: Work, before: Mapping[str, Task], after: Mapping[str, Task], stays: Stays) -> None:
    """Write what differs, plan the next slot of recurring care that ended, end the alerts of what is no longer due."""
    changed = [task for task_id, task in after.items() if task != before[task_id]]
    ended = [task for task in changed if not task.is_open and before[task.task_id].is_open]
    present = [task for task in ended if stays[task.stay_id].departed_at is None]
    following = await _next_slots(work, present, [task.task_id for task in ended], stays)
    await save_tasks(work, [*changed, *following], stays)
    await end_alerts(work, before, changed)


RUNNING = """
select recurring_care_id::text from recurring_care
where recurring_care_id = any($1::uuid[]) and stopped_at is null
  and not exists (select from task where slot_of = recurring_care_id and open and task_id <> all($2::uuid[]))
"""


async def _next_slots(work: Work, ended: Sequence[Task], ended_ids: Sequence[str], stays: Stays) -> list[Task]:
    """The slot after each ended one, where the care goes on and no other slot of it is open."""
    last = {task.slot_of: task for task in sorted(ended, key=lambda each: each.due_at) if task.slot_of is not None}
    if not last:
        return []
    running = await work.connection.fetch(RUNNING, list(last), list(ended_ids))
    planned = [next_slot(last[each["recurring_care_id"]], work.now) for each in running]
    return await born_tasks(work, planned, stays)


def said(arrived: Arrived) -> Said:
    """Who says it, and when it was true at the patient."""
    return Said(arrived.author.staff_id, arrived.observed_at)


def is_registered(arrived: Arrived) -> bool:
    """Whether the author is a registered nurse where the patient is or was: who may plan care may also end it."""
    return may_plan(arrived.author, arrived.scope)
