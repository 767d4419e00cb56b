"""Who leads the unit gives a patient to a nurse at once; the latest decision that was seen wins."""

import pytest

from backend.access.rules import may_assign
from backend.slice import Outcome, Scope
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.staff import DutyStarted, Post, Role, StayAssigned
from shared_schemas.wire import HeldReason
from tests.cast import Cast, Person
from tests.staff.shift import beds_of, on_duty, owner, patient


async def assign(cast: Cast, stay_id: str, to: Person, seen: Person | None, by: Person | None = None) -> Outcome:
    body = StayAssigned(
        observed_at=cast.clock.now(),
        stay_id=stay_id,
        to_staff_id=to.staff_id,
        from_staff_id=seen.staff_id if seen else None,
    )
    return await cast.say(by or cast.charlotte, body)


async def test_the_patient_and_her_bed_are_the_receivers_and_she_is_told_by_whom(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0, 1)
    await on_duty(cast, cast.boris, 3)
    outcome = await assign(cast, stay_id, cast.boris, cast.anna)
    assert outcome == Outcome()
    row = await cast.row(cast.east, "stay", stay_id)
    assert (row.owner_staff_id, row.assigned_by_staff_id) == (cast.boris.staff_id, cast.charlotte.staff_id)
    assert row.assigned_at == cast.clock.now()
    assert (await beds_of(cast, cast.anna), await beds_of(cast, cast.boris)) == ([1], [3, 0])
    await on_duty(cast, cast.carl, 0, post=Post.CHARGE)
    row = await cast.row(cast.east, "stay", stay_id)
    assert (row.owner_staff_id, row.assigned_by_staff_id) == (cast.carl.staff_id, None), "he took her himself"


async def test_nobodys_patient_is_given_to_a_nurse(cast: Cast) -> None:
    await on_duty(cast, cast.boris, 3)
    stay_id = await patient(cast, None)
    assert await owner(cast, stay_id) is None
    outcome = await assign(cast, stay_id, cast.boris, None)
    assert (outcome, await owner(cast, stay_id)) == (Outcome(), cast.boris.staff_id)


async def test_a_decision_that_had_not_seen_the_present_owner_is_held(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.boris, 3)
    await on_duty(cast, cast.charlotte, post=Post.CHARGE)
    await assign(cast, stay_id, cast.boris, cast.anna)
    late = await assign(cast, stay_id, cast.charlotte, cast.anna, by=cast.carl)
    assert (late.held, late.detail) == (HeldReason.ALREADY_CHANGED, HeldDetail.OWNER_CHANGED)
    assert await owner(cast, stay_id) == cast.boris.staff_id
    assert (await assign(cast, stay_id, cast.charlotte, cast.boris)).held is None, "who has seen it decides"
    assert await owner(cast, stay_id) == cast.charlotte.staff_id


async def test_repeated_it_changes_nothing(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.boris, 3)
    await assign(cast, stay_id, cast.boris, cast.anna)
    assert (await assign(cast, stay_id, cast.boris, cast.anna)).flags == (Flag.OWNER_ALREADY,)


async def test_who_is_not_on_duty_or_owns_no_patients_is_given_none(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.hana, post=Post.ASSISTANT)
    for receiver in (cast.boris, cast.hana):
        assert (await assign(cast, stay_id, receiver, cast.anna)).flags == (Flag.RECEIVER_AWAY,)
    assert await owner(cast, stay_id) == cast.anna.staff_id


@pytest.mark.parametrize("role", set(Role) - {Role.CHARGE_NURSE, Role.HEAD_NURSE, Role.COORDINATOR})
async def test_only_who_leads_gives_patients(cast: Cast, role: Role) -> None:
    cast.anna.role = role
    assert not may_assign(cast.author(cast.anna), Scope("stay", cast.east.unit_id, cast.east.unit_id))


async def test_who_leads_another_unit_gives_nothing_here(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    cast.wei.role = Role.CHARGE_NURSE
    here = DutyStarted(
        observed_at=cast.clock.now(), unit_id=cast.west.unit_id, post=Post.CHARGE, bed_ids=[cast.west.beds[0]]
    )
    await cast.say(cast.wei, here)
    assert not may_assign(cast.author(cast.wei), Scope(stay_id, cast.east.unit_id, cast.east.unit_id))
