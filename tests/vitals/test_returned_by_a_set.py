"""A pause ends when a set is charted: who is observed is not away (docs/escalation.md, observation duty)."""

import pytest

from shared_schemas.tasks import CareKind
from shared_schemas.vitals import (
    ObservationsPaused,
    ObservationsStopped,
    Parameter,
    PauseReason,
    VitalSigns,
    VitalSignsCorrected,
)
from tests.vitals.bedside import OPEN, WELL, Bedside, scoring, unobtainable, without


@pytest.fixture
async def away(bedside: Bedside) -> Bedside:
    """The patient went half an hour ago and is expected in eleven hours."""
    await bedside.say(ObservationsPaused, reason=PauseReason.IMAGING, expected_return_at=bedside.in_minutes(700))
    await bedside.pass_minutes(30)
    return bedside


async def is_paused(bedside: Bedside) -> bool:
    """True while nothing is due because the patient is away."""
    duty = await bedside.duty()
    due = [task for task in await bedside.tasks(CareKind.OBSERVATION) if task.state in OPEN]
    assert (duty.expected_return_at is None) == bool(due), "a task or a pause"
    return duty.pause_reason is not None


@pytest.mark.parametrize(
    ("values", "minutes"),
    [(scoring(9), 30), (WELL, 720), (without(scoring(9), "temperature_tenths_c"), 30)],
)
async def test_a_complete_or_an_escalating_set_ends_the_pause(away: Bedside, values: VitalSigns, minutes: int) -> None:
    await away.chart(values)
    assert not await is_paused(away)
    assert away.due_in(await away.observation()) == minutes
    await away.sweep()
    assert away.due_in(await away.observation()) == minutes


async def test_an_incomplete_set_that_asks_for_nothing_leaves_the_pause(away: Bedside) -> None:
    await away.chart(without(WELL, "pulse_per_min"))
    assert await is_paused(away)


async def test_a_set_from_before_the_pause_leaves_it(away: Bedside) -> None:
    await away.chart(scoring(9), ago=31)
    assert await is_paused(away)


async def test_a_correction_of_a_set_during_the_pause_to_one_that_escalates_ends_it(away: Bedside) -> None:
    half = await away.chart(without(WELL, "pulse_per_min"))
    await away.say(VitalSignsCorrected, corrects=half, reason="typed wrong", values=scoring(7))
    assert not await is_paused(away)
    assert away.due_in(await away.observation()) == 30


async def test_a_set_does_not_end_a_stop(bedside: Bedside) -> None:
    await bedside.say(ObservationsStopped, prescriber="Dr Osei", reason="comfort", review_at=bedside.in_minutes(600))
    await bedside.chart(scoring(9))
    await bedside.sweep()
    assert (await bedside.duty()).stopped
    assert not [task for task in await bedside.tasks(CareKind.OBSERVATION) if task.state in OPEN]


@pytest.mark.parametrize(
    "values",
    [
        WELL,
        without(scoring(9), "temperature_tenths_c"),
        unobtainable(WELL, Parameter.SPO2, "spo2_percent"),
    ],
)
async def test_a_pause_from_before_a_complete_or_an_escalating_set_arrives_too_late(
    bedside: Bedside, values: VitalSigns
) -> None:
    await bedside.chart(scoring(0), ago=120)
    await bedside.chart(values, ago=10)
    due = (await bedside.observation()).due_at
    outcome = await bedside.say(
        ObservationsPaused, ago=30, reason=PauseReason.IMAGING, expected_return_at=bedside.in_minutes(600)
    )
    assert outcome.flags == ("newer_known",)
    assert not await is_paused(bedside)
    assert (await bedside.observation()).due_at == due


async def test_a_late_pause_with_only_an_incomplete_set_since_that_asks_for_nothing_holds(bedside: Bedside) -> None:
    await bedside.chart(scoring(0), ago=120)
    await bedside.chart(without(WELL, "pulse_per_min"), ago=10)
    await bedside.say(
        ObservationsPaused, ago=30, reason=PauseReason.IMAGING, expected_return_at=bedside.in_minutes(600)
    )
    assert await is_paused(bedside)
