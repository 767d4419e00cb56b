"""Who is on, whose beds, who is in charge."""

import asyncio
from datetime import timedelta

import pytest

from shared_schemas.staff import (
    BreakEnded,
    BreakStarted,
    DutyChanged,
    DutyEnded,
    Post,
)
from shared_schemas.wire import HeldReason
from tests.cast import Cast
from tests.staff.shift import beds_of, on_duty, owner, patient, people


async def test_taking_up_duty_with_beds_makes_their_patients_hers(cast: Cast) -> None:
    first, second = await patient(cast, 0), await patient(cast, 1)
    await on_duty(cast, cast.anna, 0)
    assert await owner(cast, first) == cast.anna.staff_id
    assert await owner(cast, second) is None


async def test_a_patient_who_comes_into_a_nurses_bed_is_hers(cast: Cast) -> None:
    await on_duty(cast, cast.anna, 0)
    assert await owner(cast, await patient(cast, 0)) == cast.anna.staff_id
    assert await owner(cast, await patient(cast, None)) is None


async def test_an_assistant_takes_no_patients_from_a_nurse(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.hana, 0, post=Post.ASSISTANT)
    assert await owner(cast, stay_id) == cast.anna.staff_id
    assert await beds_of(cast, cast.anna) == [0]
    assert await beds_of(cast, cast.hana) == [0]


async def test_a_post_needs_the_role_for_it(cast: Cast) -> None:
    _, outcome = await on_duty(cast, cast.hana, 0)
    assert outcome.held is HeldReason.NOT_PERMITTED
    _, outcome = await on_duty(cast, cast.anna, post=Post.CHARGE)
    assert outcome.held is HeldReason.NOT_PERMITTED


async def test_the_next_shift_takes_the_beds_over_and_the_giver_keeps_the_rest(cast: Cast) -> None:
    first, second = await patient(cast, 0), await patient(cast, 1)
    await on_duty(cast, cast.anna, 0, 1)
    cast.clock.advance(timedelta(hours=8))
    await on_duty(cast, cast.boris, 0)
    assert (await owner(cast, first), await owner(cast, second)) == (cast.boris.staff_id, cast.anna.staff_id)
    assert (await beds_of(cast, cast.anna), await beds_of(cast, cast.boris)) == ([1], [0])


async def test_of_two_who_take_a_bed_offline_the_first_to_reach_the_server_has_it(cast: Cast) -> None:
    stay_id, saved_at = await patient(cast, 0), cast.clock.now()
    cast.clock.advance(timedelta(minutes=5))
    await on_duty(cast, cast.anna, 0, 1)
    _, outcome = await on_duty(cast, cast.boris, 0, 2, observed_at=saved_at, recorded_at=saved_at)
    assert outcome.flags == ("bed_has_nurse",)
    assert await owner(cast, stay_id) == cast.anna.staff_id
    assert (await beds_of(cast, cast.anna), await beds_of(cast, cast.boris)) == ([0, 1], [2])


async def test_a_unit_has_one_charge_nurse_and_the_next_one_takes_over(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.charlotte, post=Post.CHARGE)
    cast.clock.advance(timedelta(hours=8))
    await on_duty(cast, cast.carl, post=Post.CHARGE)
    charge = (await people(cast, stay_id)).charge
    assert charge is not None
    assert charge.staff_id == cast.carl.staff_id
    posts = {row.staff_id: row.post for row in await cast.rows(cast.east, "duty")}
    assert posts == {cast.charlotte.staff_id: Post.NURSE, cast.carl.staff_id: Post.CHARGE}


async def test_a_charge_nurse_who_could_not_know_of_the_other_stays_a_nurse_and_is_told(cast: Cast) -> None:
    saved_at = cast.clock.now()
    cast.clock.advance(timedelta(minutes=1))
    await on_duty(cast, cast.charlotte, post=Post.CHARGE)
    _, outcome = await on_duty(cast, cast.carl, post=Post.CHARGE, observed_at=saved_at, recorded_at=saved_at)
    assert outcome.flags == ("charge_has_nurse",)
    posts = {row.staff_id: row.post for row in await cast.rows(cast.east, "duty")}
    assert posts == {cast.charlotte.staff_id: Post.CHARGE, cast.carl.staff_id: Post.NURSE}


async def test_of_two_on_call_who_could_not_know_the_second_waits_for_an_answer(cast: Cast) -> None:
    saved_at = cast.clock.now()
    cast.clock.advance(timedelta(minutes=1))
    await on_duty(cast, cast.duc, post=Post.ON_CALL)
    _, outcome = await on_duty(cast, cast.carl, post=Post.ON_CALL, observed_at=saved_at, recorded_at=saved_at)
    assert outcome.held is HeldReason.ALREADY_CHANGED
    _, outcome = await on_duty(cast, cast.carl, post=Post.ON_CALL)
    assert outcome.held is None
    open_turns = [row.staff_id for row in await cast.rows(cast.east, "duty") if row.ended_at is None]
    assert open_turns == [cast.carl.staff_id]


@pytest.mark.parametrize("seed", range(3))
async def test_charge_nurses_who_come_at_once_leave_one_in_charge(cast: Cast, seed: int) -> None:
    await asyncio.gather(
        on_duty(cast, cast.charlotte, seed, post=Post.CHARGE), on_duty(cast, cast.carl, seed, post=Post.CHARGE)
    )
    rows = await cast.rows(cast.east, "duty")
    assert sorted(row.post.value for row in rows) == ["charge", "nurse"]
    assert sorted(len(row.bed_ids) for row in rows) == [0, 1]


async def test_a_turn_that_was_never_ended_ends_when_the_next_begins(cast: Cast) -> None:
    first, _ = await on_duty(cast, cast.anna, 0)
    cast.clock.advance(timedelta(hours=16))
    await on_duty(cast, cast.anna, 1)
    assert (await cast.row(cast.east, "duty", first)).ended_at == cast.clock.now()
    assert await beds_of(cast, cast.anna) == [1]


async def test_a_start_that_arrives_after_a_later_one_changes_nothing(cast: Cast) -> None:
    early = cast.clock.now()
    cast.clock.advance(timedelta(hours=2))
    await on_duty(cast, cast.anna, 0)
    _, outcome = await on_duty(cast, cast.anna, 1, observed_at=early)
    assert outcome.flags == ("later_duty",)
    assert await beds_of(cast, cast.anna) == [0]


async def test_changing_duty_gives_and_takes_beds(cast: Cast) -> None:
    stay_id = await patient(cast, 2)
    duty_id, _ = await on_duty(cast, cast.anna, 0, 1)
    body = {"observed_at": cast.clock.now(), "duty_id": duty_id, "post": Post.NURSE}
    beds = [cast.east.beds[1], cast.east.beds[2]]
    await cast.say(cast.anna, DutyChanged(**body, bed_ids=beds, buddy_staff_id=cast.boris.staff_id))
    assert await beds_of(cast, cast.anna) == [1, 2]
    assert await owner(cast, stay_id) == cast.anna.staff_id
    assert await owner(cast, await patient(cast, 0)) is None
    buddy = (await people(cast, stay_id)).buddy
    assert buddy is not None
    assert buddy.staff_id == cast.boris.staff_id


async def test_nobody_changes_another_persons_duty(cast: Cast) -> None:
    duty_id, _ = await on_duty(cast, cast.anna, 0)
    now = cast.clock.now()
    strangers = [
        DutyChanged(observed_at=now, duty_id=duty_id, post=Post.NURSE, bed_ids=[]),
        DutyEnded(observed_at=now, duty_id=duty_id),
        BreakStarted(observed_at=now, duty_id=duty_id),
        BreakEnded(observed_at=now, duty_id=duty_id),
    ]
    for body in strangers:
        assert (await cast.say(cast.boris, body)).held is HeldReason.UNKNOWN_SUBJECT
    assert (await cast.row(cast.east, "duty", duty_id)).ended_at is None


async def test_on_a_break_she_is_skipped_until_she_is_back(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    duty_id, _ = await on_duty(cast, cast.anna, 0)

    async def on_break() -> bool:
        asked = (await people(cast, stay_id)).owner
        assert asked is not None
        return asked.on_break

    assert await on_break() is False
    until_at = cast.clock.now() + timedelta(minutes=30)
    await cast.say(cast.anna, BreakStarted(observed_at=cast.clock.now(), duty_id=duty_id, until_at=until_at))
    assert await on_break() is True
    cast.clock.set(until_at)
    assert await on_break() is False
    await cast.say(cast.anna, BreakStarted(observed_at=cast.clock.now(), duty_id=duty_id))
    await cast.say(cast.anna, BreakEnded(observed_at=cast.clock.now(), duty_id=duty_id))
    assert await on_break() is False


async def test_an_ended_turn_of_duty_leaves_the_tablets_after_a_day(cast: Cast) -> None:
    duty_id, _ = await on_duty(cast, cast.anna, 0)
    await cast.say(cast.anna, DutyEnded(observed_at=cast.clock.now(), duty_id=duty_id))
    await cast.sweep(seconds=24 * 3600 - 1)
    assert await cast.row(cast.east, "duty", duty_id) is not None
    await cast.sweep(seconds=1)
    assert await cast.row(cast.east, "duty", duty_id) is None


async def test_going_home_leaves_her_patients_hers_and_her_beds_free(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    duty_id, _ = await on_duty(cast, cast.anna, 0, 1)
    await cast.say(
        cast.anna, DutyEnded(observed_at=cast.clock.now(), duty_id=duty_id, receiver_staff_id=cast.boris.staff_id)
    )
    kept = await cast.database.pool.fetchval("select receiver_staff_id::text from duty where duty_id = $1", duty_id)
    assert kept == cast.boris.staff_id
    again = await cast.say(cast.anna, DutyEnded(observed_at=cast.clock.now(), duty_id=duty_id))
    assert again.flags == ("duty_ended_before",)
    assert await owner(cast, stay_id) == cast.anna.staff_id
    assert await owner(cast, await patient(cast, 1)) is None
