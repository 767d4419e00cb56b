"""The fields of a response to a score: here, because only a score can say that it is better."""

from collections.abc import Sequence

from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.stays.queries import facts
from backend.tasks.actions import record_responses
from backend.vitals.queries import opened_responses
from backend.vitals.rules.responses import is_better
from shared_schemas.tasks import ResponseRecorded


async def answer_responses(work: Work, run: Sequence[Arrived[ResponseRecorded]]) -> list[Outcome]:
    """Record what was answered; a closing note ends a response only where the patient is better (rule 6)."""
    noted = [arrived for arrived in run if arrived.body.closed_note]
    if not noted:
        return await record_responses(work, run)
    # The stays first, so that no set is charted between the look and the end of the alert.
    await facts(work.connection, {arrived.body.stay_id for arrived in run}, lock=True)
    opened = await opened_responses(work.connection, {arrived.body.task_id for arrived in noted})
    well = {task_id for task_id, each in opened.items() if is_better(each)}
    return await record_responses(work, run, {one.entry_id for one in noted if one.body.task_id in well})
