"""Rule 13: a patient changes hands when the receiver accepts; rule 14: the new ward is asked."""

from shared_schemas.staff import (
    DutyEnded,
    HandoverAccepted,
    HandoverDeclined,
    HandoverOffered,
    Post,
)
from shared_schemas.stays import PatientTransferred
from shared_schemas.wire import HeldReason
from tests.cast import Cast, uid
from tests.staff.shift import beds_of, on_duty, owner, patient, people


async def test_rule_13_the_owner_changes_when_the_receiver_accepts(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    duty_id, _ = await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.boris, 3)
    now = cast.clock.now()
    offer = HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=cast.boris.staff_id)
    assert (await cast.say(cast.anna, offer)).held is None
    row = await cast.row(cast.east, "stay", stay_id)
    assert (row.owner_staff_id, row.offered_to_staff_id) == (cast.anna.staff_id, cast.boris.staff_id)
    await cast.say(cast.anna, DutyEnded(observed_at=now, duty_id=duty_id))
    ladder = await people(cast, stay_id)
    assert ladder.owner is not None
    assert (ladder.owner.staff_id, ladder.owner.on_duty) == (cast.anna.staff_id, False)
    await cast.say(cast.boris, HandoverAccepted(observed_at=now, stay_id=stay_id))
    row = await cast.row(cast.east, "stay", stay_id)
    assert (row.owner_staff_id, row.offered_to_staff_id) == (cast.boris.staff_id, None)
    assert await beds_of(cast, cast.boris) == [3, 0]


async def test_rule_13_an_offer_not_accepted_after_20_minutes_goes_to_the_charge_nurse(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.charlotte, post=Post.CHARGE)
    offer = HandoverOffered(observed_at=cast.clock.now(), stay_ids=[stay_id], to_staff_id=cast.boris.staff_id)
    await cast.say(cast.anna, offer)
    await cast.sweep(seconds=20 * 60 - 1)
    assert await owner(cast, stay_id) == cast.anna.staff_id
    await cast.sweep(seconds=1)
    row = await cast.row(cast.east, "stay", stay_id)
    assert (row.owner_staff_id, row.offered_to_staff_id) == (cast.charlotte.staff_id, None)
    late = await cast.say(cast.boris, HandoverAccepted(observed_at=cast.clock.now(), stay_id=stay_id))
    assert late.held is HeldReason.ALREADY_CHANGED


async def test_rule_13_without_a_charge_nurse_the_giver_keeps_the_patient_until_one_comes(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    offer = HandoverOffered(observed_at=cast.clock.now(), stay_ids=[stay_id], to_staff_id=cast.boris.staff_id)
    await cast.say(cast.anna, offer)
    await cast.sweep(seconds=3600)
    assert await owner(cast, stay_id) == cast.anna.staff_id
    await on_duty(cast, cast.charlotte, post=Post.CHARGE)
    await cast.sweep()
    assert await owner(cast, stay_id) == cast.charlotte.staff_id


async def test_only_the_owner_or_who_leads_the_unit_gives_a_patient_away(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    now = cast.clock.now()
    offer = HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=cast.boris.staff_id)
    assert (await cast.say(cast.boris, offer)).held is HeldReason.NOT_PERMITTED
    assert (await cast.say(cast.charlotte, offer)).held is None
    unknown = HandoverOffered(observed_at=now, stay_ids=[uid()], to_staff_id=cast.boris.staff_id)
    assert (await cast.say(cast.anna, unknown)).held is HeldReason.UNKNOWN_SUBJECT


async def test_nobody_accepts_what_was_offered_to_another(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    now = cast.clock.now()
    await cast.say(cast.anna, HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=cast.boris.staff_id))
    accepted = HandoverAccepted(observed_at=now, stay_id=stay_id)
    assert (await cast.say(cast.hana, accepted)).held is HeldReason.ALREADY_CHANGED
    assert (await cast.say(cast.boris, accepted)).held is None
    assert (await cast.say(cast.boris, accepted)).flags == ("owner_already",)


async def test_who_can_not_take_a_patient_says_so_and_the_giver_keeps_her(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.charlotte, post=Post.CHARGE)
    now = cast.clock.now()
    offer = HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=cast.boris.staff_id)
    declined = HandoverDeclined(observed_at=now, stay_id=stay_id)
    await cast.say(cast.anna, offer)
    assert (await cast.say(cast.hana, declined)).flags == ("offer_ended_before",)
    assert (await cast.row(cast.east, "stay", stay_id)).offered_to_staff_id == cast.boris.staff_id
    assert (await cast.say(cast.boris, declined)).flags == ()
    row = await cast.row(cast.east, "stay", stay_id)
    assert (row.owner_staff_id, row.offered_to_staff_id, row.offered_at) == (cast.anna.staff_id, None, None)
    await cast.sweep(seconds=20 * 60)
    assert await owner(cast, stay_id) == cast.anna.staff_id


async def declined_by(cast: Cast, stay_id: str) -> str | None:
    return (await cast.row(cast.east, "stay", stay_id)).declined_by_staff_id


async def test_the_giver_is_shown_who_declined_until_she_offers_again_or_keeps_the_patient(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    now = cast.clock.now()
    offer = HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=cast.boris.staff_id)
    ended = HandoverDeclined(observed_at=now, stay_id=stay_id)
    await cast.say(cast.anna, offer)
    assert (await cast.say(cast.boris, ended)).flags == ()
    assert await declined_by(cast, stay_id) == cast.boris.staff_id
    assert (await cast.row(cast.east, "stay", stay_id)).declined_at == now
    assert (await cast.say(cast.boris, ended)).flags == ("offer_ended_before",)
    assert await declined_by(cast, stay_id) == cast.boris.staff_id

    await cast.say(cast.anna, offer)
    assert await declined_by(cast, stay_id) is None
    await cast.say(cast.boris, ended)
    assert (await cast.say(cast.anna, ended)).flags == ()
    row = await cast.row(cast.east, "stay", stay_id)
    assert (row.owner_staff_id, row.declined_by_staff_id, row.declined_at) == (cast.anna.staff_id, None, None)
    assert (await cast.say(cast.anna, ended)).flags == ("offer_ended_before",)


async def test_an_offer_that_the_giver_took_back_was_declined_by_nobody(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    now = cast.clock.now()
    await cast.say(cast.anna, HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=cast.boris.staff_id))
    await cast.say(cast.anna, HandoverDeclined(observed_at=now, stay_id=stay_id))
    assert await declined_by(cast, stay_id) is None


async def test_the_giver_takes_an_offer_back_until_it_is_accepted(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.boris, 3)
    now = cast.clock.now()
    offer = HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=cast.boris.staff_id)
    taken_back = HandoverDeclined(observed_at=now, stay_id=stay_id)
    await cast.say(cast.anna, offer)
    assert (await cast.say(cast.anna, taken_back)).flags == ()
    accepted = HandoverAccepted(observed_at=now, stay_id=stay_id)
    assert (await cast.say(cast.boris, accepted)).held is HeldReason.ALREADY_CHANGED
    await cast.say(cast.anna, offer)
    await cast.say(cast.boris, accepted)
    assert (await cast.say(cast.anna, taken_back)).flags == ("offer_ended_before",)
    assert await owner(cast, stay_id) == cast.boris.staff_id


async def test_rule_14_a_transferred_patient_is_asked_of_the_new_ward(cast: Cast) -> None:
    stay_id = await patient(cast, 0)
    await on_duty(cast, cast.anna, 0)
    await on_duty(cast, cast.charlotte, post=Post.CHARGE)
    await on_duty(cast, cast.wei, unit_id=cast.west.unit_id, bed_ids=[cast.west.beds[1]])
    body = PatientTransferred(
        observed_at=cast.clock.now(), stay_id=stay_id, to_unit_id=cast.west.unit_id, to_bed_id=cast.west.beds[1]
    )
    await cast.say(cast.anna, body)
    ladder = await people(cast, stay_id)
    assert ladder.owner is not None
    assert ladder.owner.staff_id == cast.wei.staff_id
    assert ladder.charge is None
