"""Every active stay of a ward has an open observation task, or a pause or stop by name; time ends pauses."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from backend.batch import DueRows
from backend.db import Database, Work
from backend.slice import Sweep
from backend.tasks.actions import cancel_observation_tasks, replace_observation_tasks
from backend.tasks.rules.task import PlannedTask
from backend.vitals.actions.duty import first_cause, first_set_at, planned_by
from backend.vitals.actions.effects import planned_observation
from backend.vitals.actions.gather import Gathered, gather, stays_of
from backend.vitals.actions.write import save_duties
from backend.vitals.rules.intervals import next_set
from backend.vitals.rules.kept import KeptDuty, returned
from shared_schemas.tasks import Cause, CauseType

AT_ONCE = 200
_NEEDS_A_LOOK = """
from stay s join unit u using (unit_id) left join observation_duty d using (stay_id)
where s.departed_at is null and (
    d.stay_id is null or d.arrived_at <> s.arrived_at or d.expected_return_at <= $1
    or (d.paused_at is null and (not d.stopped or d.review_at <= $1) or u.kind = 'home')
        and (u.kind = 'home') = exists (
            select from task t where t.stay_id = s.stay_id and t.open and t.kind = 'observation'))
"""
NEEDS_A_LOOK = DueRows(
    "observation_duty",
    f"select s.stay_id {_NEEDS_A_LOOK} and s.stay_id <> all($2::uuid[]) order by s.stay_id limit {AT_ONCE}",
)
DUE_AT = f"""
select least((select $1 where exists (select {_NEEDS_A_LOOK})), (
    select min(d.expected_return_at) from observation_duty d join stay s using (stay_id)
    where s.departed_at is null and d.expected_return_at > $1), (
    select min(d.review_at) from observation_duty d join stay s using (stay_id)
    where s.departed_at is null and d.stopped and d.review_at > $1))
"""


async def sweep_observation_duty(database: Database, now: datetime) -> int:
    """Give every active stay of a ward its observation task; at home none is due, visits are planned instead.

    1. Look for stays that are new here, came from another unit, are past their expected return, or have no open
       observation task though nobody paused or stopped it.
       Those whose stop was to be reviewed by now and was not are such.
    2. Hold them, look again, and plan: after an arrival a first set, after a pause the set at the expected return, else
       what the governing set asks for. A second worker finds nothing left to do.
    3. What was open of a patient who came home is cancelled.
    """
    return await NEEDS_A_LOOK.each(database, now, _look_after)


async def _look_after(work: Work, stay_ids: Sequence[str]) -> int:
    gathered_stays = (await gather(work, dict.fromkeys(stay_ids, work.now))).values()
    stays = [one for one in gathered_stays if one.stay.departed_at is None]
    changed: list[KeptDuty] = []
    planned: list[PlannedTask] = []
    for gathered in stays:
        duty = replace(gathered.duty, arrived_at=gathered.stay.arrived_at)
        returned_at = duty.expected_return_at
        if returned_at is not None and returned_at <= work.now:
            duty = returned(duty)
            cause = Cause(cause_type=CauseType.ENTRY, cause_id=duty.stay_id, text_key="cause.expected_back")
            planned += [planned_by(gathered, returned_at, cause)] if gathered.observes(duty, work.now) else []
        elif gathered.observes(duty, work.now):
            planned += _wanted(gathered)
        if duty != gathered.kept.duty:
            changed.append(duty)
    await save_duties(work, changed, {one.stay.stay_id: one.stay.feed for one in stays})
    if planned:
        await replace_observation_tasks(work, planned, stays=stays_of(stays))
    came_home = [one.stay.stay_id for one in stays if one.stay.at_home and one.observation]
    if came_home:
        await cancel_observation_tasks(work, came_home, None)
    return len(changed) + len(planned) + len(came_home)


def _wanted(gathered: Gathered) -> list[PlannedTask]:
    """A first set after an arrival, unless one was complete or is due sooner; else what the governing set asks for.

    Where the review of a stop has passed without a decision, one at that instant.
    """
    arrived_at, task = gathered.stay.arrived_at, gathered.observation
    plan = next_set(gathered.kept.known, gathered.rhythm)
    review_at = gathered.duty.review_at if gathered.duty.stopped else None
    if review_at is not None and task is None and (plan is None or plan.because.observed_at < review_at):
        cause = Cause(cause_type=CauseType.ENTRY, cause_id=gathered.stay.stay_id, text_key="cause.review_passed")
        return [planned_by(gathered, review_at, cause)]
    if plan is not None and plan.because.observed_at >= arrived_at:
        return [] if task else [planned_observation(gathered, plan)]
    due_at = first_set_at(gathered)
    if task is not None and task.due_at <= due_at:
        return []
    return [planned_by(gathered, due_at, first_cause(gathered))]


OBSERVATION_DUTY = Sweep("observation_duty", DUE_AT, sweep_observation_duty)
