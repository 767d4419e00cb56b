"""The review of a stop or of a modified response: a prescriber's instant, ended by a decision alone."""

import pytest

from backend.tasks import SLICE as TASKS
from backend.vitals.sweep import OBSERVATION_DUTY
from shared_schemas.base import Body
from shared_schemas.tasks import (
    CareKind,
    NotDoneCareReason,
    TaskCancelled,
    TaskDone,
    TaskNotDone,
    TaskRow,
    TaskState,
)
from shared_schemas.vitals import ObservationsStopped
from tests.cast import due_at, run_sweeps
from tests.vitals.bedside import OPEN, Bedside, scoring


async def stopped(bedside: Bedside, *, modified: bool = False) -> TaskRow:
    """A prescriber stops observations, or modifies the response, until a review in an hour; its task."""
    said = {"prescriber": "Dr Osei", "reason": "last days of life", "response_modified_only": modified}
    await bedside.say(ObservationsStopped, review_at=bedside.in_minutes(60), **said)
    return next(task for task in await bedside.tasks(CareKind.OTHER) if task.state in OPEN)


@pytest.mark.parametrize("modified", [False, True])
@pytest.mark.parametrize(
    ("word", "said"),
    [
        (TaskDone, {}),
        (TaskNotDone, {"reason": NotDoneCareReason.REFUSED}),
        (TaskCancelled, {"reason": "no longer wanted"}),
    ],
)
async def test_nothing_but_a_decision_ends_a_review(
    bedside: Bedside, word: type[Body], said: dict, modified: bool
) -> None:
    review = await stopped(bedside, modified=modified)
    outcome = await bedside.say(word, task_id=review.task_id, **said)
    assert outcome.flags == ("review_needs_decision",)
    [still] = await bedside.tasks(CareKind.OTHER)
    assert (still.task_id, still.state) == (review.task_id, TaskState.READY)


async def test_a_new_decision_ends_it_and_brings_its_own(bedside: Bedside) -> None:
    first = await stopped(bedside)
    await bedside.pass_minutes(30)
    second = await stopped(bedside)
    by_id = {task.task_id: task.state for task in await bedside.tasks(CareKind.OTHER)}
    assert by_id == {first.task_id: TaskState.COMPLETED, second.task_id: TaskState.READY}


async def test_a_review_that_passes_without_a_decision_makes_a_set_due_at_its_instant(bedside: Bedside) -> None:
    await bedside.chart(scoring(0))
    await stopped(bedside)
    assert await due_at(OBSERVATION_DUTY, bedside.cast.database, bedside.now) == bedside.in_minutes(60)
    await bedside.pass_minutes(59)
    assert not [task for task in await bedside.tasks(CareKind.OBSERVATION) if task.state in OPEN]

    await bedside.pass_minutes(2)

    task = await bedside.observation()
    assert (bedside.due_in(task), task.cause.text_key) == (-1, "cause.review_passed")
    await bedside.chart(scoring(0))
    assert bedside.due_in(await bedside.observation()) > 0


async def test_after_its_review_a_stop_silences_no_score_and_the_review_is_overdue(bedside: Bedside) -> None:
    review = await stopped(bedside)
    await bedside.pass_minutes(59)
    await bedside.chart(scoring(9))
    assert await bedside.alerts() == []

    await bedside.pass_minutes(60)
    await run_sweeps(TASKS.sweeps, bedside.cast.database, bedside.now)
    await bedside.chart(scoring(9))

    alerts = await bedside.alerts()
    assert review.task_id in {alert.cause_id for alert in alerts}
    assert [alert.alert_class.value for alert in alerts if alert.cause.value == "response"] == ["red"]
