"""Observation duty (docs/escalation.md), what is due and when: each sentence is a test that bears its words."""

import pytest

from backend.db import unit_of_work
from backend.slice import Scope
from backend.tasks.actions import cancel_observation_tasks
from backend.vitals.sweep import OBSERVATION_DUTY
from shared_schemas.base import Body
from shared_schemas.stays import PatientDischarged, PatientTransferred
from shared_schemas.tasks import CareKind, TaskState
from shared_schemas.vitals import (
    ObservationsPaused,
    ObservationsResumed,
    ObservationsStopped,
    PauseReason,
)
from shared_schemas.wire import HeldReason
from tests.cast import due_at, handler_of
from tests.vitals.bedside import WELL, Bedside, scoring


async def test_every_active_stay_has_an_open_observation_task_or_a_pause(ward: Bedside) -> None:
    await ward.admit()

    assert (await ward.observation()).cause.text_key == "cause.first_set"

    await ward.say(ObservationsPaused, reason=PauseReason.THEATRE, expected_return_at=ward.in_minutes(90))
    await ward.sweep()
    assert [task.state for task in await ward.tasks(CareKind.OBSERVATION)] == [TaskState.CANCELLED]
    assert (await ward.duty()).pause_reason is PauseReason.THEATRE


async def test_a_pause_names_its_reason_who_decided_and_its_return(bedside: Bedside) -> None:
    return_at = bedside.in_minutes(60)
    await bedside.say(ObservationsPaused, reason=PauseReason.IMAGING, expected_return_at=return_at)

    duty = await bedside.duty()
    assert duty.paused_by_staff_id == bedside.cast.anna.staff_id
    assert (duty.paused_at, duty.expected_return_at) == (bedside.now, return_at)


async def test_a_pause_of_who_has_left_the_tablets_is_flagged(bedside: Bedside) -> None:
    said = {"reason": PauseReason.IMAGING, "expected_return_at": bedside.in_minutes(60)}
    await bedside.say(PatientDischarged)
    await bedside.cast.sweep()
    assert (await bedside.say(ObservationsPaused, ago=1, **said)).flags == ()
    await bedside.cast.sweep(seconds=15 * 60)
    assert (await bedside.say(ObservationsPaused, **said)).flags == ("departed_before",)
    assert (await bedside.say(ObservationsResumed)).flags == ("departed_before",)


async def test_a_pause_without_a_later_return_is_held(bedside: Bedside) -> None:
    outcome = await bedside.say(ObservationsPaused, reason=PauseReason.LEAVE, expected_return_at=bedside.now)
    assert outcome.held is HeldReason.INVALID


async def test_a_pause_of_more_than_12_h_is_held_and_the_set_stays_due(bedside: Bedside) -> None:
    before = await bedside.observation()
    too_long = bedside.in_minutes(12 * 60 + 1)
    outcome = await bedside.say(ObservationsPaused, reason=PauseReason.LEAVE, expected_return_at=too_long)
    assert outcome.held is HeldReason.INVALID
    assert await bedside.observation() == before

    outcome = await bedside.say(
        ObservationsPaused, reason=PauseReason.LEAVE, expected_return_at=bedside.in_minutes(720)
    )
    assert outcome.held is None


async def test_a_pause_is_for_registered_nurses(bedside: Bedside) -> None:
    cast = bedside.cast
    gate = handler_of(ObservationsPaused).gate
    scope = Scope(bedside.stay_id, cast.east.unit_id, cast.east.unit_id)
    allowed = {person.name for person in cast.people if gate(cast.author(person), scope)}
    assert allowed == {"Anna", "Boris", "Charlotte", "Carl"}


async def test_at_the_expected_return_the_pause_ends_and_a_set_is_due(bedside: Bedside) -> None:
    return_at = bedside.in_minutes(60)
    await bedside.say(ObservationsPaused, reason=PauseReason.IMAGING, expected_return_at=return_at)
    await bedside.pass_minutes(59)
    assert (await bedside.duty()).paused_at is not None

    await bedside.pass_minutes(5)

    assert (await bedside.duty()).paused_at is None
    assert (await bedside.observation()).due_at == return_at


async def test_who_is_back_sooner_is_observed_at_once(bedside: Bedside) -> None:
    await bedside.say(ObservationsPaused, reason=PauseReason.LEAVE, expected_return_at=bedside.in_minutes(600))
    await bedside.pass_minutes(30)

    await bedside.say(ObservationsResumed)

    assert bedside.due_in(await bedside.observation()) == 0
    assert (await bedside.duty()).expected_return_at is None


async def test_a_pause_that_arrives_after_a_later_set_changes_nothing(bedside: Bedside) -> None:
    await bedside.chart(WELL, ago=5)
    outcome = await bedside.say(
        ObservationsPaused, ago=10, reason=PauseReason.LEAVE, expected_return_at=bedside.in_minutes(60)
    )
    assert outcome.flags == ("newer_known",)
    assert await bedside.observation()


async def test_the_first_set_is_due_30_min_after_admission(ward: Bedside) -> None:
    await ward.admit()
    assert ward.due_in(await ward.observation()) == 30


async def test_the_first_set_is_due_30_min_after_transfer_in(bedside: Bedside) -> None:
    await bedside.chart(WELL)
    assert bedside.due_in(await bedside.observation()) == 720
    cast = bedside.cast
    cast.wei.unit_ids = [cast.east.unit_id, cast.west.unit_id]
    await bedside.pass_minutes(60)

    await bedside.say(PatientTransferred, by=cast.wei, to_unit_id=cast.west.unit_id)
    await bedside.sweep()

    rows = [row for row in await cast.rows(cast.west, "task") if row.state is TaskState.READY]
    assert [(row.kind, bedside.due_in(row)) for row in rows] == [(CareKind.OBSERVATION, 30)]


async def test_a_set_charted_before_the_sweep_is_not_asked_for_again(ward: Bedside) -> None:
    await ward.admit(ago=20)
    await ward.chart(WELL, ago=5)
    await ward.sweep()
    assert ward.due_in(await ward.observation()) == 240 - 5


async def test_in_the_first_24_h_at_most_4_hourly(ward: Bedside) -> None:
    await ward.admit(ago=60)
    await ward.chart(WELL)
    assert ward.due_in(await ward.observation()) == 240

    await ward.pass_minutes(23 * 60)
    await ward.chart(WELL)
    assert ward.due_in(await ward.observation()) == 720


@pytest.mark.parametrize(("total", "minutes"), [(0, 720), (1, 240), (2, 240), (3, 60), (5, 60), (6, 60), (7, 30)])
async def test_a_score_plans_the_next_set_from_when_it_was_observed(bedside: Bedside, total: int, minutes: int) -> None:
    await bedside.chart(scoring(total), ago=25)

    task = await bedside.observation()
    assert bedside.due_in(task) == minutes - 25
    assert task.interval_minutes == minutes


async def test_intervals_lengthen_one_band_per_complete_set(bedside: Bedside) -> None:
    intervals = []
    for total in (7, 0, 0, 0, 0, 0):
        await bedside.chart(scoring(total))
        intervals.append((await bedside.observation()).interval_minutes)
        await bedside.pass_minutes(30)
    # high, medium, low-medium, low, zero
    assert intervals == [30, 60, 60, 240, 720, 720]


async def test_intervals_shorten_at_once(bedside: Bedside) -> None:
    await bedside.chart(scoring(0), ago=30)
    await bedside.chart(scoring(7))
    assert (await bedside.observation()).interval_minutes == 30


async def test_news2_of_7_asks_for_a_charted_set_every_30_min_and_whether_the_monitor_is_attached(
    bedside: Bedside,
) -> None:
    entry_id = await bedside.chart(scoring(7), monitor_attached=False)

    task = await bedside.observation()
    assert (task.interval_minutes, task.text_key) == (30, "task.observation_monitored")
    assert "no_monitor" in (await bedside.row(entry_id)).flags


async def test_a_complete_set_completes_the_open_task(bedside: Bedside) -> None:
    before = await bedside.observation()
    await bedside.chart(WELL, ago=3)

    [done] = [task for task in await bedside.tasks(CareKind.OBSERVATION) if task.task_id == before.task_id]
    assert (done.state, done.ended_at, done.ended_by_staff_id) == (
        TaskState.COMPLETED,
        bedside.minutes_ago(3),
        bedside.cast.anna.staff_id,
    )


@pytest.mark.parametrize("newer", [ObservationsPaused, ObservationsResumed, ObservationsStopped])
async def test_what_was_said_before_the_newest_word_arrives_too_late(bedside: Bedside, newer: type[Body]) -> None:
    fields = {
        ObservationsPaused: {"reason": PauseReason.THEATRE, "expected_return_at": bedside.in_minutes(60)},
        ObservationsResumed: {},
        ObservationsStopped: {"prescriber": "Dr Osei", "reason": "comfort", "review_at": bedside.in_minutes(60)},
    }
    await bedside.say(newer, ago=5, **fields[newer])
    duty = await bedside.duty()

    for older, said in fields.items():
        outcome = await bedside.say(older, ago=10, **said)
        assert outcome.flags == ("newer_known",)
    assert await bedside.duty() == duty


async def test_the_sweep_mends_a_stay_whose_task_was_lost(bedside: Bedside) -> None:
    await bedside.chart(WELL, ago=20)
    async with unit_of_work(bedside.cast.database, bedside.now) as work:
        await cancel_observation_tasks(work, [bedside.stay_id], None)

    await bedside.sweep()

    assert bedside.due_in(await bedside.observation()) == 720 - 20


async def test_the_sweep_names_the_next_expected_return(bedside: Bedside) -> None:
    return_at = bedside.in_minutes(60)
    await bedside.say(ObservationsPaused, reason=PauseReason.IMAGING, expected_return_at=return_at)
    assert await due_at(OBSERVATION_DUTY, bedside.cast.database, bedside.now) == return_at
