"""Claims, deferrals, and the fields of a response to a score."""

from collections.abc import Collection, Sequence

from backend.access.rules import may_end_response
from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.tasks.actions.decide import decide_tasks, said
from backend.tasks.actions.plan import FURTHEST
from backend.tasks.rules.precedence import Decision, answered, claimed, deferred
from backend.tasks.rules.task import Task
from shared_schemas.flags import HeldDetail
from shared_schemas.tasks import ResponseRecorded, TaskClaimed, TaskDeferred
from shared_schemas.wire import HeldReason


async def claim_tasks(work: Work, run: Sequence[Arrived[TaskClaimed]]) -> list[Outcome]:
    """The first who says "I do it" to the server has it."""
    return await decide_tasks(work, run, lambda task, arrived: claimed(task, arrived.author.staff_id))


async def defer_tasks(work: Work, run: Sequence[Arrived[TaskDeferred]]) -> list[Outcome]:
    """Put care off, with a reason, before it is overdue.

    Said in time and told late (rule 8), it withdraws a running alert, which comes again when the new time has passed.
    """
    return await decide_tasks(work, run, _deferred)


def _deferred(task: Task, arrived: Arrived[TaskDeferred]) -> Decision:
    if abs(arrived.body.due_at - arrived.received_at) > FURTHEST:
        return Decision(task, held=HeldReason.INVALID, detail=HeldDetail.TOO_FAR_AHEAD)
    return deferred(task, arrived.body.due_at, arrived.body.reason, at=arrived.recorded_at)


async def record_responses(
    work: Work, run: Sequence[Arrived[ResponseRecorded]], better: Collection[str] = ()
) -> list[Outcome]:
    """Whom, when, reply, expected by, attended: all five complete the response and end its alert (rule 6).

    `better`: the entries whose closing note is honoured, for the score of the patient is better. The slice above
    knows scores; without its word a note is only kept.
    """
    return await decide_tasks(
        work,
        run,
        lambda task, arrived: answered(
            task,
            said(arrived),
            arrived.body.response,
            arrived.body.closed_note,
            registered=may_end_response(arrived.author, arrived.scope),
            better=arrived.entry_id in better,
        ),
    )
