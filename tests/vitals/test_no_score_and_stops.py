"""Observation duty (docs/escalation.md), no score, dying patients, sleep: each sentence is a test that bears its words."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from shared_schemas.tasks import CareKind, TaskState
from shared_schemas.vitals import (
    NotDone,
    NotDoneReason,
    ObservationIntervalSet,
    ObservationsResumed,
    ObservationsStopped,
    Parameter,
)
from shared_schemas.wire import HeldReason
from tests.vitals.bedside import WELL, Bedside, scoring, without


@pytest.mark.parametrize(
    ("born_on", "pregnant", "reason"), [(date(2012, 1, 1), False, "under_16"), (date(1995, 1, 1), True, "pregnant")]
)
async def test_under_16_and_in_pregnancy_news2_is_refused_and_the_values_still_chart(
    ward: Bedside, born_on: date, pregnant: bool, reason: str
) -> None:
    await ward.admit(ago=3000, born_on=born_on, pregnant=pregnant)

    entry_id = await ward.chart(scoring(9))

    row = await ward.row(entry_id)
    assert row.score.no_score is not None
    assert (row.score.no_score.value, row.score.total, row.score.band) == (reason, None, None)
    assert row.values.systolic_mmhg == 95
    assert await ward.alerts() == []
    assert (await ward.observation()).interval_minutes == 240


async def test_without_a_score_a_named_person_sets_the_interval(ward: Bedside) -> None:
    await ward.admit(ago=3000, born_on=date(2015, 1, 1))
    await ward.chart(WELL)

    await ward.say(ObservationIntervalSet, interval_minutes=60, reason="croup")

    assert ward.due_in(await ward.observation()) == 60
    assert (await ward.duty()).interval_by_staff_id == ward.cast.anna.staff_id


async def test_without_a_score_a_set_is_complete_when_each_sign_has_its_value_or_its_reason(ward: Bedside) -> None:
    await ward.admit(ago=3000, born_on=date(2015, 1, 1))
    half = without(WELL, "systolic_mmhg")
    await ward.chart(half, ago=10)
    assert (await ward.observation()).missing == ["systolic"]

    reason = NotDone(parameter=Parameter.SYSTOLIC, reason=NotDoneReason.NOT_TOLERATED)
    await ward.chart(msgspec.structs.replace(half, not_done=[reason]))
    assert ward.due_in(await ward.observation()) == 240


async def test_a_child_turns_16_on_the_birthday_of_the_ward(ward: Bedside) -> None:
    await ward.admit(born_on=date(2011, 6, 10))
    ward.cast.clock.set(datetime(2027, 6, 9, 22, 30, tzinfo=UTC))  # 23:30 in London
    assert (await ward.row(await ward.chart(WELL))).score.total is None

    await ward.pass_minutes(40)
    assert (await ward.row(await ward.chart(WELL))).score.total == 0


async def test_dying_patients_observations_stopped_by_a_named_prescriber_with_a_review_time(bedside: Bedside) -> None:
    review_at = bedside.in_minutes(600)
    await bedside.say(ObservationsStopped, prescriber="Dr Osei", reason="last days of life", review_at=review_at)
    await bedside.sweep()

    duty = await bedside.duty()
    assert (duty.stopped, duty.stop_prescriber, duty.review_at) == (True, "Dr Osei", review_at)
    assert all(task.state is not TaskState.READY for task in await bedside.tasks(CareKind.OBSERVATION))
    [review] = await bedside.tasks(CareKind.OTHER)
    assert (review.due_at, review.text_key) == (review_at, "task.review_stop")


async def test_a_stop_never_alters_the_score(bedside: Bedside) -> None:
    await bedside.say(ObservationsStopped, prescriber="Dr Osei", reason="comfort", review_at=bedside.in_minutes(600))
    entry_id = await bedside.chart(scoring(9))

    assert (await bedside.row(entry_id)).score.total == 9
    assert await bedside.alerts() == []


async def test_a_modified_response_keeps_observing_and_never_alters_the_score(bedside: Bedside) -> None:
    review_at = bedside.in_minutes(600)
    said = {"prescriber": "Dr Osei", "reason": "ceiling of care", "response_modified_only": True}
    await bedside.say(ObservationsStopped, review_at=review_at, **said)

    entry_id = await bedside.chart(scoring(7))

    assert (await bedside.row(entry_id)).score.total == 7
    assert await bedside.alerts() == []
    assert (await bedside.observation()).interval_minutes == 30


async def test_a_modified_response_ends_when_its_review_is_due(bedside: Bedside) -> None:
    said = {"prescriber": "Dr Osei", "reason": "ceiling of care", "response_modified_only": True}
    await bedside.say(ObservationsStopped, review_at=bedside.in_minutes(60), **said)
    await bedside.pass_minutes(60)
    await bedside.chart(scoring(7))
    assert len(await bedside.alerts()) == 1


async def test_a_review_must_come_later(bedside: Bedside) -> None:
    outcome = await bedside.say(ObservationsStopped, prescriber="Dr Osei", reason="x", review_at=bedside.now)
    assert outcome.held is HeldReason.INVALID


async def test_resuming_after_a_stop_does_the_review_and_a_set_is_due(bedside: Bedside) -> None:
    await bedside.say(ObservationsStopped, prescriber="Dr Osei", reason="comfort", review_at=bedside.in_minutes(600))
    await bedside.pass_minutes(10)
    await bedside.say(ObservationsResumed)

    [review] = await bedside.tasks(CareKind.OTHER)
    assert review.state is TaskState.COMPLETED
    assert bedside.due_in(await bedside.observation()) == 0
    assert not (await bedside.duty()).stopped


@pytest.mark.parametrize(("skips", "local_due"), [(False, "02:00"), (True, "06:00")])
async def test_asleep_at_night_skipping_band_0_between_22_and_06_is_a_setting(
    bedside: Bedside, skips: bool, local_due: str
) -> None:
    await bedside.set_observation_policy(sleep_skips_zero=skips)
    bedside.cast.clock.set(datetime(2026, 11, 5, 14, 0, tzinfo=UTC))

    await bedside.chart(WELL)

    assert f"{(await bedside.observation()).due_at:%H:%M}" == local_due


async def test_asleep_or_not_a_higher_band_is_observed(bedside: Bedside) -> None:
    await bedside.set_observation_policy(sleep_skips_zero=True)
    bedside.cast.clock.set(datetime(2026, 11, 5, 20, 0, tzinfo=UTC))
    await bedside.chart(scoring(1))
    assert (await bedside.observation()).due_at == bedside.now + timedelta(hours=4)
