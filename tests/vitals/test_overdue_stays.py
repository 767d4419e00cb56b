"""Rule 9 of docs/escalation.md: an observation stays overdue until a complete set or a pause."""

import pytest

from backend.tasks import SLICE as TASKS
from shared_schemas.alerts import AlertClass, AlertRow, AlertState
from shared_schemas.vitals import ObservationIntervalSet, VitalSigns, VitalSignsCorrected
from tests.cast import run_sweeps
from tests.vitals.bedside import Bedside, scoring, without


async def overdue_alert(bedside: Bedside) -> AlertRow:
    """The one alert about an overdue set, after the sweep of overdue care."""
    await run_sweeps(TASKS.sweeps, bedside.cast.database, bedside.now)
    [alert] = [alert for alert in await bedside.alerts() if alert.cause.value == "overdue_task"]
    return alert


@pytest.mark.parametrize("minutes", [15, 30, 60, None])
async def test_setting_the_interval_ends_no_alert_about_an_overdue_set(bedside: Bedside, minutes: int | None) -> None:
    await bedside.chart(scoring(7))
    await bedside.pass_minutes(45)
    before, task = await overdue_alert(bedside), await bedside.observation()

    await bedside.say(ObservationIntervalSet, interval_minutes=minutes, reason="agreed with the doctor")

    after, kept = await overdue_alert(bedside), await bedside.observation()
    assert (after.alert_id, after.state, len(after.steps)) == (before.alert_id, AlertState.OPEN, len(before.steps))
    assert (kept.task_id, kept.due_at, kept.overdue_at) == (task.task_id, task.due_at, task.overdue_at)
    assert kept.interval_minutes == (minutes or 30)


async def test_setting_the_interval_does_not_put_off_a_set_that_is_overdue_before_the_sweep(bedside: Bedside) -> None:
    await bedside.chart(scoring(7))
    await bedside.pass_minutes(41)
    task = await bedside.observation()
    await bedside.say(ObservationIntervalSet, interval_minutes=60, reason="asleep")
    assert (await bedside.observation()).due_at == task.due_at
    assert (await overdue_alert(bedside)).alert_class is AlertClass.AMBER


async def test_saying_the_same_interval_again_does_not_put_off_a_set_in_its_grace(bedside: Bedside) -> None:
    await bedside.chart(scoring(7))
    await bedside.pass_minutes(35)
    await bedside.say(ObservationIntervalSet, interval_minutes=30)
    assert bedside.due_in(await bedside.observation()) == -5


async def test_after_a_new_interval_the_complete_set_ends_the_alert(bedside: Bedside) -> None:
    await bedside.chart(scoring(7))
    await bedside.pass_minutes(45)
    await overdue_alert(bedside)
    await bedside.say(ObservationIntervalSet, interval_minutes=15)
    await bedside.chart(scoring(7))
    assert (await overdue_alert(bedside)).state is AlertState.RESOLVED
    assert bedside.due_in(await bedside.observation()) == 15


@pytest.mark.parametrize("values", [scoring(7, diastolic_mmhg=70), scoring(7)])
async def test_correcting_the_set_that_governs_restarts_no_ladder(bedside: Bedside, values: VitalSigns) -> None:
    await bedside.chart(scoring(7), ago=30)
    second = await bedside.chart(scoring(7))
    await bedside.pass_minutes(45)
    before, task = await overdue_alert(bedside), await bedside.observation()

    await bedside.say(VitalSignsCorrected, corrects=second, reason="typed wrong", values=values)

    after, kept = await overdue_alert(bedside), await bedside.observation()
    assert (after.alert_id, after.steps, after.next_at) == (before.alert_id, before.steps, before.next_at)
    assert (kept.task_id, kept.due_at) == (task.task_id, task.due_at)


async def test_a_correction_to_worse_raises_the_alert_that_runs(bedside: Bedside) -> None:
    wrong = await bedside.chart(scoring(2))
    await bedside.pass_minutes(240 + 31)
    before = await overdue_alert(bedside)
    assert before.alert_class is AlertClass.PLAIN

    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="typed wrong", values=scoring(7))

    after = await overdue_alert(bedside)
    assert (after.alert_id, after.alert_class, after.state) == (before.alert_id, AlertClass.AMBER, AlertState.OPEN)
    assert bedside.due_in(await bedside.observation()) == 30 - 271


async def test_a_set_that_is_not_due_by_the_corrected_one_is_withdrawn_and_its_next_alert_follows(
    bedside: Bedside,
) -> None:
    wrong = await bedside.chart(scoring(7))
    await bedside.pass_minutes(45)
    before = await overdue_alert(bedside)

    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="another patient's", values=scoring(2))

    ended = await overdue_alert(bedside)
    assert (ended.state, ended.ended_why) == (AlertState.WITHDRAWN, "planned_anew")
    assert bedside.due_in(await bedside.observation()) == 240 - 45
    await bedside.pass_minutes(240)
    await run_sweeps(TASKS.sweeps, bedside.cast.database, bedside.now)
    again = [
        alert for alert in await bedside.alerts() if alert.state is AlertState.OPEN and alert.cause == before.cause
    ]
    assert [alert.follows_alert_id for alert in again] == [before.alert_id]


async def test_striking_the_set_that_governs_keeps_what_is_overdue_by_the_one_before(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=10)
    wrong = await bedside.chart(scoring(7))
    await bedside.pass_minutes(45)
    before = await overdue_alert(bedside)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="another patient's")
    after = await overdue_alert(bedside)
    assert (after.alert_id, after.steps) == (before.alert_id, before.steps)


async def test_a_late_incomplete_set_that_escalates_restarts_no_ladder(bedside: Bedside) -> None:
    await bedside.chart(scoring(2))
    await bedside.pass_minutes(240 + 31)
    before = await overdue_alert(bedside)

    await bedside.chart(without(scoring(7), "consciousness"), ago=230)

    after = await overdue_alert(bedside)
    assert (after.alert_id, after.alert_class) == (before.alert_id, AlertClass.AMBER)


async def test_a_correction_that_completes_the_set_does_what_was_overdue(bedside: Bedside) -> None:
    await bedside.chart(scoring(2))
    await bedside.pass_minutes(240 + 31)
    half = await bedside.chart(without(scoring(2), "pulse_per_min"))
    await overdue_alert(bedside)
    task = await bedside.observation()

    await bedside.say(VitalSignsCorrected, corrects=half, reason="pulse was on paper", values=scoring(2))

    assert (await overdue_alert(bedside)).state is AlertState.RESOLVED
    assert (await bedside.observation()).task_id != task.task_id
