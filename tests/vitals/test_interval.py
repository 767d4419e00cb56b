"""The interval: a person may only shorten it, or lengthen it with a reason and her name."""

import pytest

from shared_schemas.vitals import ObservationIntervalSet
from shared_schemas.wire import HeldReason
from tests.vitals.bedside import Bedside, scoring


async def test_a_healthcare_assistant_may_not_set_it(bedside: Bedside) -> None:
    with pytest.raises(AssertionError, match="may not say"):
        await bedside.say(ObservationIntervalSet, by=bedside.cast.hana, interval_minutes=30)


async def test_shorter_needs_no_reason_and_counts_from_the_last_set(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=10)
    await bedside.say(ObservationIntervalSet, interval_minutes=60)

    assert bedside.due_in(await bedside.observation()) == 50
    duty = await bedside.duty()
    assert (duty.interval_minutes, duty.interval_by_staff_id) == (60, bedside.cast.anna.staff_id)


async def test_what_is_wanted_only_now_is_not_late_at_once(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=200)
    await bedside.say(ObservationIntervalSet, interval_minutes=60)
    assert bedside.due_in(await bedside.observation()) == 0


async def test_longer_without_a_reason_is_held(bedside: Bedside) -> None:
    await bedside.chart(scoring(2))
    outcome = await bedside.say(ObservationIntervalSet, interval_minutes=360)
    assert outcome.held is HeldReason.INVALID
    assert bedside.due_in(await bedside.observation()) == 240


async def test_longer_with_a_reason_holds_while_the_band_is_no_worse(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=1)
    await bedside.say(ObservationIntervalSet, interval_minutes=360, reason="stable for days")
    assert (await bedside.observation()).interval_minutes == 360

    await bedside.chart(scoring(5))
    assert (await bedside.observation()).interval_minutes == 60


async def test_shorter_holds_at_any_better_band(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=30)
    await bedside.say(ObservationIntervalSet, ago=29, interval_minutes=60)
    await bedside.chart(scoring(0))
    assert (await bedside.observation()).interval_minutes == 60


async def test_null_returns_to_the_scores_interval(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=1)
    await bedside.say(ObservationIntervalSet, ago=1, interval_minutes=30)
    await bedside.say(ObservationIntervalSet, interval_minutes=None)

    assert bedside.due_in(await bedside.observation()) == 239
    assert (await bedside.duty()).interval_by_staff_id is None


async def test_in_the_first_day_nobody_lengthens_beyond_4_hours(ward: Bedside) -> None:
    await ward.admit()
    await ward.chart(scoring(0))
    await ward.say(ObservationIntervalSet, interval_minutes=600, reason="sleep")
    assert (await ward.observation()).interval_minutes == 240


async def test_before_the_first_set_a_shorter_interval_brings_it_forward(ward: Bedside) -> None:
    await ward.admit()
    await ward.say(ObservationIntervalSet, interval_minutes=15)
    assert ward.due_in(await ward.observation()) == 15


async def test_of_two_that_had_not_seen_each_other_the_shorter_holds(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=1)
    seen = await bedside.duty_version()
    await bedside.say(ObservationIntervalSet, interval_minutes=60, base_version=seen)

    longer = await bedside.say(ObservationIntervalSet, interval_minutes=120, base_version=seen)
    assert (longer.flags, (await bedside.duty()).interval_minutes) == (("interval_conflict",), 60)

    shorter = await bedside.say(ObservationIntervalSet, interval_minutes=30, base_version=seen)
    assert (shorter.flags, (await bedside.duty()).interval_minutes) == (("interval_conflict",), 30)
