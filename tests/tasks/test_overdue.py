"""Overdue care is found by the server, once, whatever happens meanwhile."""

import asyncio
from datetime import timedelta

import pytest

from backend.db import unit_of_work
from backend.tasks.actions import Done, cancel_observation_tasks, replace_observation_tasks
from backend.tasks.rules.task import PlannedTask
from backend.tasks.sweep import OVERDUE_TASKS, sweep_departed, sweep_overdue, sweep_slots
from shared_schemas.alerts import AlertAccepted, AlertCause, AlertClass, AlertState
from shared_schemas.staff import DutyStarted, Post
from shared_schemas.stays import PatientDischarged
from shared_schemas.tasks import CareKind, Cause, CauseType, TaskCancelled, TaskDeferred, TaskState
from tests.cast import due_at, uid
from tests.tasks.bedside import Bedside


@pytest.mark.parametrize(
    ("kind", "interval", "grace_s", "overdue_class"),
    [
        (CareKind.OBSERVATION, 60, 600, AlertClass.AMBER),
        (CareKind.OBSERVATION, 240, 1800, AlertClass.PLAIN),
        (CareKind.OBSERVATION, 240, 600, AlertClass.AMBER),
        (CareKind.OTHER, None, 1800, AlertClass.PLAIN),
    ],
)
async def test_rule_2_an_alert_starts_at_due_plus_grace_and_not_a_second_before(
    bedside: Bedside, kind: CareKind, interval: int | None, grace_s: int, overdue_class: AlertClass
) -> None:
    task_id = await bedside.planned(kind, interval_minutes=interval, overdue_class=overdue_class)
    await bedside.cast.sweep(seconds=grace_s - 1)
    assert await bedside.alerts(task_id) == []
    await bedside.cast.sweep(seconds=1)
    [alert] = await bedside.alerts(task_id)
    assert (alert.cause, alert.alert_class, alert.state) == (AlertCause.OVERDUE_TASK, overdue_class, AlertState.OPEN)


async def test_the_sweep_says_when_it_must_run_next(bedside: Bedside) -> None:
    await bedside.by_hand(0)
    await bedside.by_hand(45)
    cast = bedside.cast
    for at in (30, 45):
        assert await due_at(OVERDUE_TASKS, cast.database, cast.clock.now()) == bedside.at(at)
        cast.clock.set(bedside.at(at))
        assert await sweep_overdue(cast.database, cast.clock.now()) == 1
    assert await due_at(OVERDUE_TASKS, cast.database, cast.clock.now()) is None


@pytest.mark.parametrize("count", [1, 40])
async def test_two_schedulers_alert_each_overdue_task_once(bedside: Bedside, count: int) -> None:
    """Fault 43: several sweeps at once on one database."""
    others = [bedside.stay_id, *[await bedside.admit(bed) for bed in range(1, 5)]]
    task_ids = [await bedside.by_hand(0, stay_id=others[place % len(others)]) for place in range(count)]
    cast = bedside.cast
    cast.clock.set(bedside.at(30))
    await asyncio.gather(*(sweep_overdue(cast.database, cast.clock.now()) for _ in range(4)))
    await sweep_overdue(cast.database, cast.clock.now())
    alerts = await bedside.alerts()
    assert sorted(alert.cause_id for alert in alerts) == sorted(task_ids)


async def test_a_sweep_beside_nurses_who_finish_their_tasks_leaves_no_running_alert_of_a_done_task(
    bedside: Bedside,
) -> None:
    cast = bedside.cast
    task_ids = [await bedside.by_hand(0) for _ in range(12)]
    cast.clock.set(bedside.at(30))
    sweeps = [sweep_overdue(cast.database, cast.clock.now()) for _ in range(3)]
    await asyncio.gather(*sweeps, *(bedside.done(task_id) for task_id in task_ids))
    await sweep_overdue(cast.database, cast.clock.now())
    assert {(await bedside.task(task_id)).state for task_id in task_ids} == {TaskState.COMPLETED}
    assert [alert for alert in await bedside.alerts() if alert.ended_at is None] == []


async def test_a_claim_and_its_alert_are_one_transaction(bedside: Bedside, monkeypatch: pytest.MonkeyPatch) -> None:
    """A death between claim and alert leaves neither; the next sweep finds the task again."""
    task_id, cast = await bedside.by_hand(0), bedside.cast
    cast.clock.set(bedside.at(30))

    async def dies(*_: object) -> list[str]:
        raise ConnectionResetError("killed")

    with monkeypatch.context() as death:
        death.setattr("backend.tasks.sweep.raise_alerts", dies)
        with pytest.raises(ConnectionResetError):
            await sweep_overdue(cast.database, cast.clock.now())
    assert await cast.database.pool.fetchval("select alerted_at from task where task_id = $1", task_id) is None
    await sweep_overdue(cast.database, cast.clock.now())
    assert len(await bedside.alerts(task_id)) == 1


async def overdue_task(bedside: Bedside) -> str:
    task_id = await bedside.by_hand(0)
    await bedside.cast.sweep(seconds=1800)
    assert [alert.state for alert in await bedside.alerts(task_id)] == [AlertState.OPEN]
    return task_id


async def test_rule_6_done_ends_the_alert(bedside: Bedside) -> None:
    task_id = await overdue_task(bedside)
    await bedside.done(task_id)
    assert await bedside.alert_states(task_id) == [(AlertState.RESOLVED, "done")]


async def test_rule_6_not_done_with_a_reason_ends_a_plain_alert(bedside: Bedside) -> None:
    task_id = await overdue_task(bedside)
    await bedside.not_done(task_id)
    assert await bedside.alert_states(task_id) == [(AlertState.RESOLVED, "not_done")]


async def test_rule_6_an_authorised_cancel_withdraws_the_alert(bedside: Bedside) -> None:
    task_id = await overdue_task(bedside)
    body = TaskCancelled(observed_at=bedside.at(0), stay_id=bedside.stay_id, task_id=task_id, reason="Not needed")
    await bedside.cast.say(bedside.cast.anna, body)
    assert await bedside.alert_states(task_id) == [(AlertState.WITHDRAWN, "cancelled")]


async def test_rule_6_a_pause_withdraws_the_alert_of_an_observation(bedside: Bedside) -> None:
    task_id, cast = await bedside.planned(CareKind.OBSERVATION, interval_minutes=240), bedside.cast
    await cast.sweep(seconds=1800)
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        await cancel_observation_tasks(work, [bedside.stay_id], cast.anna.staff_id)
    assert await bedside.alert_states(task_id) == [(AlertState.WITHDRAWN, "cancelled")]


async def test_rule_6_departure_withdraws_the_alert(bedside: Bedside) -> None:
    task_id = await overdue_task(bedside)
    await bedside.cast.say(bedside.cast.anna, PatientDischarged(observed_at=bedside.at(0), stay_id=bedside.stay_id))
    assert await bedside.alert_states(task_id) == [(AlertState.WITHDRAWN, "departed")]


async def test_rule_3_accepting_the_alert_does_not_end_the_task(bedside: Bedside) -> None:
    task_id = await overdue_task(bedside)
    [alert] = await bedside.alerts(task_id)
    await bedside.cast.say(bedside.cast.anna, AlertAccepted(observed_at=bedside.at(0), alert_id=alert.alert_id))
    assert (await bedside.task(task_id)).state is TaskState.READY
    assert [alert.state for alert in await bedside.alerts(task_id)] == [AlertState.ACCEPTED]


async def test_rule_8_done_before_its_alert_began_and_told_late_withdraws_it(bedside: Bedside) -> None:
    before = bedside.at(10)
    task_id = await overdue_task(bedside)
    await bedside.done(task_id, at=before)
    assert await bedside.alert_states(task_id) == [(AlertState.WITHDRAWN, "done_before")]


def put_off(bedside: Bedside, task_id: str, minutes: float) -> TaskDeferred:
    return TaskDeferred(
        observed_at=bedside.at(0),
        stay_id=bedside.stay_id,
        task_id=task_id,
        due_at=bedside.at(minutes),
        reason="In theatre",
    )


async def test_rule_5_what_is_overdue_is_not_put_off_and_its_alert_stays(bedside: Bedside) -> None:
    task_id = await overdue_task(bedside)
    said = await bedside.cast.say(bedside.cast.anna, put_off(bedside, task_id, 60))
    assert said.flags == ("deferred_after_overdue",)
    assert await bedside.alert_states(task_id) == [(AlertState.OPEN, None)]
    assert (await bedside.task(task_id)).due_at == bedside.at(-30)


async def test_a_task_put_off_in_time_and_told_late_is_alerted_again_when_it_is_overdue_again(bedside: Bedside) -> None:
    in_time = bedside.at(10)
    task_id = await overdue_task(bedside)
    await bedside.cast.say(bedside.cast.anna, put_off(bedside, task_id, 60), recorded_at=in_time)
    assert await bedside.alert_states(task_id) == [(AlertState.WITHDRAWN, "deferred")]
    await bedside.cast.sweep(seconds=90 * 60)
    first, second = sorted(await bedside.alerts(task_id), key=lambda alert: alert.began_at)
    assert (second.state, second.follows_alert_id) == (AlertState.OPEN, first.alert_id)


async def test_rule_9_a_slot_becomes_not_done_by_the_next_which_ends_its_alert(bedside: Bedside) -> None:
    care_id = await bedside.turning(0)
    [first] = await bedside.slots(care_id)
    await bedside.cast.sweep(seconds=30 * 60)
    assert [alert.state for alert in await bedside.alerts(first.task_id)] == [AlertState.OPEN]
    await bedside.cast.sweep(seconds=90 * 60)
    assert await bedside.alert_states(first.task_id) == [(AlertState.RESOLVED, "not_done_by")]
    old, new = await bedside.slots(care_id)
    assert (old.state, old.ended_by_staff_id, new.state, new.due_at) == (
        TaskState.FAILED,
        None,
        TaskState.READY,
        old.due_at + timedelta(hours=2),
    )


async def test_rule_9_an_observation_stays_overdue_until_a_complete_set(bedside: Bedside) -> None:
    cast, task_id = bedside.cast, await bedside.planned(CareKind.OBSERVATION, interval_minutes=240)
    await cast.sweep(seconds=1800)
    await bedside.not_done(task_id)
    await cast.sweep(seconds=24 * 3600)
    [alert] = await bedside.alerts(task_id)
    assert alert.ended_at is None
    cause = Cause(cause_type=CauseType.ENTRY, cause_id=uid(), text_key="cause.score")
    following = PlannedTask(
        stay_id=bedside.stay_id, kind=CareKind.OBSERVATION, cause=cause, due_at=bedside.at(240), text_key="x"
    )
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        done = {bedside.stay_id: Done(cast.clock.now(), cast.anna.staff_id)}
        await replace_observation_tasks(work, [following], done)
    assert await bedside.alert_states(task_id) == [(AlertState.RESOLVED, "done")]


async def test_a_late_done_of_a_past_slot_stands_and_opens_no_third_slot(bedside: Bedside) -> None:
    care_id, in_time = await bedside.turning(0), bedside.at(10)
    [first] = await bedside.slots(care_id)
    await bedside.cast.sweep(seconds=2 * 3600)
    outcome = await bedside.done(first.task_id, at=in_time)
    old, new = await bedside.slots(care_id)
    assert (outcome.flags, old.state, new.state) == ((), TaskState.COMPLETED, TaskState.READY)


async def test_after_a_long_downtime_only_the_latest_slot_is_planned(bedside: Bedside) -> None:
    care_id = await bedside.turning(0)
    bedside.cast.clock.advance(timedelta(hours=9))
    await bedside.cast.sweep()
    old, new = await bedside.slots(care_id)
    assert (old.state, new.due_at) == (TaskState.FAILED, old.due_at + timedelta(hours=8))
    assert await bedside.alerts(old.task_id) == []


async def test_two_schedulers_end_each_slot_once(bedside: Bedside) -> None:
    care_ids = [await bedside.turning(0) for _ in range(5)]
    cast = bedside.cast
    cast.clock.set(bedside.at(120))
    await asyncio.gather(*(sweep_slots(cast.database, cast.clock.now()) for _ in range(4)))
    await sweep_slots(cast.database, cast.clock.now())
    for care_id in care_ids:
        assert [slot.state for slot in await bedside.slots(care_id)] == [TaskState.FAILED, TaskState.READY]


async def test_what_was_planned_while_the_discharge_was_on_its_way_is_swept(bedside: Bedside) -> None:
    task_id, cast = await bedside.by_hand(0), bedside.cast
    await cast.database.pool.execute(
        "update stay set departed_at = $2 where stay_id = $1", bedside.stay_id, cast.clock.now()
    )
    await asyncio.gather(*(sweep_departed(cast.database, cast.clock.now()) for _ in range(2)))
    assert (await bedside.task(task_id)).flags == ["departed"]
    settled = await cast.database.pool.fetchval("select settled_at from stay where stay_id = $1", bedside.stay_id)
    assert settled == cast.clock.now()


async def test_fault_61_the_alert_asks_who_has_the_patient_when_its_step_begins(bedside: Bedside) -> None:
    task_id, cast = await bedside.by_hand(0), bedside.cast
    cast.clock.set(bedside.at(29))
    beds = [cast.east.beds[0]]
    await cast.say(
        cast.boris,
        DutyStarted(observed_at=bedside.at(0), unit_id=cast.east.unit_id, post=Post.NURSE, bed_ids=beds),
    )
    await cast.sweep(seconds=60)
    [alert] = await bedside.alerts(task_id)
    assert alert.steps[0].staff_id == cast.boris.staff_id
    assert cast.anna.staff_id not in [step.staff_id for step in alert.steps]
