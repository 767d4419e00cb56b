"""Giving tasks to people on duty, by who leads the unit."""

from collections.abc import Sequence

from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.tasks.actions.decide import decide_tasks
from backend.tasks.rules.assign import assigned
from backend.tasks.rules.precedence import Decision
from backend.tasks.rules.task import Task
from shared_schemas.flags import Flag
from shared_schemas.tasks import TaskAssigned

ON_DUTY = """
select staff_id::text, unit_id::text from duty where staff_id = any($1::uuid[]) and ended_at is null
"""


async def assign_tasks(work: Work, run: Sequence[Arrived[TaskAssigned]]) -> list[Outcome]:
    """The tasks are the receivers'; to somebody who is not on duty there nothing is given, and it is flagged."""
    found = await work.connection.fetch(ON_DUTY, [arrived.body.to_staff_id for arrived in run])
    on_duty = {(row["staff_id"], row["unit_id"]) for row in found}

    def decide(task: Task, arrived: Arrived[TaskAssigned]) -> Decision:
        body = arrived.body
        if (body.to_staff_id, arrived.scope.unit_id) not in on_duty:
            return Decision(task, (Flag.RECEIVER_AWAY,))
        return assigned(task, body.to_staff_id, body.from_staff_id, arrived.author.staff_id, work.now)

    return await decide_tasks(work, run, decide)
