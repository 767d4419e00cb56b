"""Observation duty (docs/escalation.md), incomplete, late and doubled sets: each sentence is a test that bears its words."""

from datetime import datetime

import pytest

from backend.db import unit_of_work
from backend.tasks.actions import cancel_observation_tasks
from shared_schemas.tasks import CareKind
from shared_schemas.vitals import (
    Parameter,
    VitalSigns,
)
from tests.vitals.bedside import WELL, Bedside, scoring, unobtainable, without


async def test_an_incomplete_set_never_lengthens_an_interval_and_the_task_stays_open_and_names_what_is_missing(
    bedside: Bedside,
) -> None:
    await bedside.chart(scoring(5), ago=30)
    before = await bedside.observation()

    await bedside.chart(without(WELL, "systolic_mmhg", "temperature_tenths_c"))

    after = await bedside.observation()
    assert (after.task_id, after.due_at) == (before.task_id, before.due_at)
    assert after.missing == ["systolic", "temperature"]


async def test_an_incomplete_set_never_supersedes_a_complete_set(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=30)
    await bedside.chart(without(WELL, "pulse_per_min"), ago=10)

    await bedside.chart(scoring(7), ago=20)  # late, but no newer complete set

    assert [alert.alert_class.value for alert in await bedside.alerts()] == ["red"]


async def test_an_incomplete_set_never_closes_an_alert(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=30)
    await bedside.chart(without(WELL, "pulse_per_min"))

    assert [alert.state.value for alert in await bedside.alerts()] == ["open"]
    assert len(await bedside.responses()) == 1


@pytest.mark.parametrize(
    ("values", "alert_class"),
    [
        (without(scoring(5), "temperature_tenths_c"), "amber"),
        (without(scoring(7), "temperature_tenths_c"), "red"),
        (VitalSigns(respiratory_rate_per_min=26), "amber"),
    ],
)
async def test_a_lower_bound_of_5_or_any_3_escalates_now(
    bedside: Bedside, values: VitalSigns, alert_class: str
) -> None:
    await bedside.chart(values)

    [alert] = await bedside.alerts()
    assert (alert.alert_class.value, alert.text_key) == (alert_class, "cause.lower_bound")
    assert len(await bedside.responses()) == 1


async def test_an_incomplete_set_that_escalates_brings_the_next_set_forward(bedside: Bedside) -> None:
    await bedside.chart(WELL, ago=10)
    await bedside.chart(without(scoring(7), "temperature_tenths_c"))

    task = await bedside.observation()
    assert (bedside.due_in(task), task.missing) == (30, ["temperature"])


async def test_an_incomplete_set_below_the_thresholds_does_not_escalate(bedside: Bedside) -> None:
    await bedside.chart(without(scoring(2), "temperature_tenths_c"))
    assert await bedside.alerts() == []


@pytest.mark.parametrize(
    ("parameter", "field"),
    [
        (Parameter.RESPIRATORY_RATE, "respiratory_rate_per_min"),
        (Parameter.SPO2, "spo2_percent"),
        (Parameter.SYSTOLIC, "systolic_mmhg"),
        (Parameter.PULSE, "pulse_per_min"),
    ],
)
async def test_an_unobtainable_sign_raises_a_red_response_without_a_score(
    bedside: Bedside, parameter: Parameter, field: str
) -> None:
    entry_id = await bedside.chart(unobtainable(WELL, parameter, field))

    [alert] = await bedside.alerts()
    assert (alert.alert_class.value, alert.text_key) == ("red", f"cause.unobtainable.{parameter.value}")
    assert (await bedside.row(entry_id)).score.total is None


async def test_an_unobtainable_temperature_is_only_missing(bedside: Bedside) -> None:
    await bedside.chart(unobtainable(WELL, Parameter.TEMPERATURE, "temperature_tenths_c"))
    assert await bedside.alerts() == []


async def test_a_set_that_arrives_late_alerts_and_shows_observed_and_received_times(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=11 * 60)

    [alert] = await bedside.alerts()
    assert alert.text_key == "cause.late.score"
    assert datetime.fromisoformat(str(alert.text_params["observed_at"])) == bedside.minutes_ago(11 * 60)
    assert datetime.fromisoformat(str(alert.text_params["received_at"])) == bedside.now


async def test_a_set_later_than_12_h_is_marked_and_does_not_alert(bedside: Bedside) -> None:
    entry_id = await bedside.chart(scoring(7), ago=12 * 60 + 1)
    assert await bedside.alerts() == []
    assert "late" in (await bedside.row(entry_id)).flags


async def test_a_late_set_does_not_alert_when_a_newer_complete_set_exists(bedside: Bedside) -> None:
    await bedside.chart(WELL, ago=10)

    entry_id = await bedside.chart(scoring(7), ago=60)

    assert await bedside.alerts() == []
    assert "late" in (await bedside.row(entry_id)).flags


async def test_a_late_worse_set_shortens_the_interval_that_lengthened_without_it(bedside: Bedside) -> None:
    await bedside.chart(WELL, ago=10)
    assert bedside.due_in(await bedside.observation()) == 720 - 10

    await bedside.chart(scoring(7), ago=60)

    assert bedside.due_in(await bedside.observation()) == 60 - 10


async def test_a_late_better_set_changes_no_plan(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=10)
    before = await bedside.observation()
    await bedside.chart(scoring(0), ago=60)
    assert await bedside.observation() == before


async def test_a_late_sync_does_not_restart_the_clock_from_now(bedside: Bedside) -> None:
    await bedside.chart(scoring(5), ago=180)
    assert bedside.due_in(await bedside.observation()) == 60 - 180


async def test_what_a_late_set_planned_in_the_past_is_born_superseded(bedside: Bedside) -> None:
    await bedside.chart_run((180, scoring(5)), (120, scoring(5)), (60, scoring(2)))

    tasks = await bedside.tasks(CareKind.OBSERVATION)
    assert await bedside.superseded() == [-120, -60]
    assert bedside.due_in(await bedside.observation()) == 0  # low-medium after medium: hourly, from 60 min ago
    # No tablet is told of them: nobody can do anything about care that was never due.
    assert sorted(task.state.value for task in tasks) == ["completed", "ready"]


async def test_a_nurse_who_back_dates_by_more_than_10_min_may_say_already_escalated(bedside: Bedside) -> None:
    entry_id = await bedside.chart(scoring(7), ago=11, saved=0, already_escalated=True)
    [alert] = await bedside.alerts()
    assert (alert.state.value, alert.accepted_by_staff_id) == ("accepted", bedside.cast.anna.staff_id)
    assert len(await bedside.responses()) == 1
    assert "already_escalated" in (await bedside.row(entry_id)).flags


async def test_what_was_already_escalated_asks_again_at_its_attend_limit(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=11, saved=0, already_escalated=True)
    await bedside.cast.sweep(seconds=10 * 60)
    assert [alert.state.value for alert in await bedside.alerts()] == ["open"]


async def test_already_escalated_is_for_registered_nurses(bedside: Bedside) -> None:
    entry_id = await bedside.chart(scoring(7), ago=11, saved=0, already_escalated=True, by=bedside.cast.hana)
    assert [alert.state.value for alert in await bedside.alerts()] == ["open"]
    assert (await bedside.row(entry_id)).flags == ["not_registered"]


@pytest.mark.parametrize("word", ["acting", "already_escalated"])
@pytest.mark.parametrize("answered", [(True, True), (True, False), (False, True)])
async def test_one_batch_is_answered_for_only_if_each_set_of_it_that_alerts_is(
    bedside: Bedside, word: str, answered: tuple[bool, bool]
) -> None:
    first, second = (without(scoring(total), "temperature_tenths_c") for total in (5, 7))
    said = [{word: True} if yes else {} for yes in answered]
    await bedside.chart_run((40, first), (20, second), saved=0, said=said)

    [alert] = await bedside.alerts()
    assert (alert.alert_class.value, alert.state.value) == ("red", "accepted" if all(answered) else "open")


async def test_already_escalated_is_not_believed_of_a_set_that_is_not_back_dated(bedside: Bedside) -> None:
    entry_id = await bedside.chart(scoring(7), ago=10, saved=0, already_escalated=True)
    assert len(await bedside.alerts()) == 1
    assert "not_back_dated" in (await bedside.row(entry_id)).flags


async def test_a_late_sync_is_not_back_dating(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=60, already_escalated=True)
    assert len(await bedside.alerts()) == 1


async def test_order_and_due_times_use_observed_at(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=5)
    await bedside.chart(WELL, ago=30)
    assert (await bedside.observation()).interval_minutes == 240


@pytest.mark.parametrize("order", [(7, 0), (0, 7)])
async def test_of_two_sets_within_2_min_the_worse_governs(bedside: Bedside, order: tuple[int, int]) -> None:
    first, second = order
    one = await bedside.chart(scoring(first), ago=2)
    other = await bedside.chart(scoring(second), by=bedside.cast.boris)

    assert (await bedside.observation()).interval_minutes == 30
    assert [alert.alert_class.value for alert in await bedside.alerts()] == ["red"]
    for entry_id in (one, other):
        assert "same_time" in (await bedside.row(entry_id)).flags


async def test_a_set_after_2_min_governs_alone(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=3)
    entry_id = await bedside.chart(scoring(0))
    assert (await bedside.observation()).interval_minutes == 60
    assert (await bedside.row(entry_id)).flags == []


async def test_an_incomplete_set_before_the_first_plan_waits_for_it(ward: Bedside) -> None:
    await ward.admit(ago=5)
    async with unit_of_work(ward.cast.database, ward.now) as work:
        await cancel_observation_tasks(work, [ward.stay_id], None)

    await ward.chart(without(WELL, "pulse_per_min"))
    await ward.sweep()

    assert ward.due_in(await ward.observation()) == 25
