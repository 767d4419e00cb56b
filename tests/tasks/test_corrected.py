"""A wrong "done" taken back: what was ended by it comes again, and so does its alert."""

import pytest

from backend.alerts.actions import NewAlert, raise_alerts
from backend.db import unit_of_work
from backend.slice import Outcome
from backend.tasks.actions import Done, complete_tasks, replace_observation_tasks
from backend.tasks.rules.task import PlannedTask
from shared_schemas.alerts import AlertCause, AlertClass, AlertState
from shared_schemas.tasks import CareKind, Cause, CauseType, TaskDoneCorrected, TaskState
from shared_schemas.wire import HeldReason
from tests.cast import uid
from tests.tasks.bedside import Bedside


async def answered_response(bedside: Bedside, alert_class: AlertClass) -> str:
    """A response that alerted and was ended."""
    task_id = await bedside.planned(CareKind.RESPONSE)
    async with unit_of_work(bedside.cast.database, bedside.cast.clock.now()) as work:
        alert = NewAlert(
            stay_id=bedside.stay_id,
            alert_class=alert_class,
            cause=AlertCause.RESPONSE,
            cause_id=task_id,
            text_key="cause.score",
            text_params={"total": 7},
        )
        await raise_alerts(work, [alert])
    async with unit_of_work(bedside.cast.database, bedside.at(1)) as work:
        await complete_tasks(work, [(task_id, bedside.at(1), bedside.cast.anna.staff_id)])
    assert await bedside.alert_states(task_id) == [(AlertState.RESOLVED, "done")]
    return task_id


async def correct(bedside: Bedside, task_id: str, again_id: str) -> Outcome:
    """ "That was not done": of the wrong patient."""
    body = TaskDoneCorrected(observed_at=bedside.at(0), stay_id=bedside.stay_id, task_id=task_id, reason="Wrong bed")
    return await bedside.cast.say(bedside.cast.anna, body, entry_id=again_id)


@pytest.mark.parametrize("alert_class", [AlertClass.RED, AlertClass.AMBER])
async def test_a_response_that_opens_again_alerts_again_linked_to_the_alert_that_was_ended(
    bedside: Bedside, alert_class: AlertClass
) -> None:
    task_id, again_id = await answered_response(bedside, alert_class), uid()
    assert await correct(bedside, task_id, again_id) == Outcome()
    [ended], [again] = await bedside.alerts(task_id), await bedside.alerts(again_id)
    assert (again.state, again.alert_class, again.cause, again.follows_alert_id, again.text_params) == (
        AlertState.OPEN,
        alert_class,
        AlertCause.RESPONSE,
        ended.alert_id,
        {"total": 7},
    )
    assert (await bedside.task(again_id)).state is TaskState.READY


async def test_a_corrected_response_beside_a_newer_open_one_is_flagged_and_opens_no_second(bedside: Bedside) -> None:
    task_id, again_id = await answered_response(bedside, AlertClass.RED), uid()
    newer = await bedside.planned(CareKind.RESPONSE)
    assert (await correct(bedside, task_id, again_id)).flags == ("response_is_open",)
    assert (await bedside.task(task_id)).flags == ["done_corrected"]
    rows = await bedside.cast.rows(bedside.cast.east, "task")
    responses = [row for row in rows if row.kind is CareKind.RESPONSE]
    assert {row.task_id for row in responses} == {task_id, newer}


async def test_a_done_observation_is_not_taken_back_but_its_set_corrected(bedside: Bedside) -> None:
    cast, first = bedside.cast, await bedside.planned(CareKind.OBSERVATION)
    cause = Cause(cause_type=CauseType.ENTRY, cause_id=uid(), text_key="cause.score")
    following = PlannedTask(
        stay_id=bedside.stay_id, kind=CareKind.OBSERVATION, cause=cause, due_at=bedside.at(240), text_key="care"
    )
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        done = Done(cast.clock.now(), cast.anna.staff_id)
        await replace_observation_tasks(work, [following], {bedside.stay_id: done})
    outcome = await correct(bedside, first, uid())
    assert (outcome.held, outcome.detail) == (HeldReason.INVALID, "correct_the_set")
    assert (await bedside.task(first)).flags == []
