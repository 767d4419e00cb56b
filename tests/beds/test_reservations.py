"""Reservations through the tablet's door: one a bed at a time, until an instant, and told when overtaken."""

import asyncio
from datetime import timedelta

from shared_schemas.beds import BedReservationCancelled, BedReserved, BedState, Readiness
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.wire import HeldReason
from tests.beds.ward import BedWard
from tests.cast import uid


async def test_a_bed_is_reserved_until_its_instant_and_then_free_by_itself(ward: BedWard) -> None:
    reserved_at = ward.now
    await ward.reserve(0, text="From theatre")
    ward.later(119)
    assert await ward.state(0) == (BedState.RESERVED, reserved_at)
    ward.later(1)
    assert (await ward.state(0)).state is BedState.FREE
    assert len(await ward.cast.rows(ward.cast.east, "bed_reservation")) == 1
    await ward.cast.sweep()
    assert await ward.cast.rows(ward.cast.east, "bed_reservation") == []
    assert (await ward.reserve(0, text="The next")).held is None


async def test_two_reservations_of_a_bed_never_hold_at_once(ward: BedWard) -> None:
    said = [ward.reserve(0, text=name, by=by) for name, by in (("A", ward.cast.anna), ("B", ward.cast.boris))]
    outcomes = await asyncio.gather(*said)
    assert sorted(str(outcome.detail) for outcome in outcomes) == ["None", str(HeldDetail.RESERVED)]
    assert len(await ward.cast.rows(ward.cast.east, "bed_reservation")) == 1


async def test_a_reservation_names_for_whom_and_a_bed_of_the_unit(ward: BedWard) -> None:
    nobody = await ward.reserve(0)
    assert (nobody.held, nobody.detail) == (HeldReason.INVALID, HeldDetail.RESERVED_FOR_NOBODY)
    body = BedReserved(
        observed_at=ward.now,
        unit_id=ward.cast.east.unit_id,
        bed_id=ward.cast.west.beds[0],
        text="A",
        until_at=ward.now + timedelta(hours=1),
    )
    assert (await ward.say(body)).detail is HeldDetail.UNKNOWN_BED


async def test_a_reservation_that_was_over_when_it_arrived_reserves_nothing(ward: BedWard) -> None:
    assert (await ward.reserve(0, text="A", until_at=ward.now)).flags == (Flag.RESERVATION_OVER,)
    assert (await ward.state(0)).state is BedState.FREE


async def test_a_cancelled_reservation_is_gone_and_a_second_cancel_is_flagged(ward: BedWard) -> None:
    reservation_id = uid()
    await ward.reserve(0, text="A", entry_id=reservation_id)
    cancel = BedReservationCancelled(
        observed_at=ward.now, unit_id=ward.cast.east.unit_id, reservation_id=reservation_id
    )
    assert (await ward.say(cancel, ward.cast.boris)).flags == ()
    assert (await ward.state(0)).state is BedState.FREE
    assert (await ward.say(cancel)).flags == (Flag.RESERVATION_OVER,)
    unknown = BedReservationCancelled(observed_at=ward.now, unit_id=ward.cast.east.unit_id, reservation_id=uid())
    assert (await ward.say(unknown)).detail is HeldDetail.UNKNOWN_RESERVATION


async def test_a_reservation_ends_when_its_patient_lies_in_the_bed(ward: BedWard) -> None:
    """Also a patient who comes from another unit."""
    stay_id = await ward.admit(1)
    await ward.reserve(0, for_stay_id=stay_id)
    assert (await ward.assign(stay_id, 0)).flags == ()
    assert await ward.cast.rows(ward.cast.east, "bed_reservation") == []
    assert (await ward.reserve(0, text="A")).held is None


async def test_somebody_elses_arrival_is_accepted_and_flagged_and_the_reservation_is_told(ward: BedWard) -> None:
    stay_id = await ward.admit(1)
    await ward.reserve(0, text="Mrs Example", by=ward.cast.charlotte)
    assert (await ward.assign(stay_id, 0)).flags == (Flag.BED_RESERVED,)
    [reservation] = await ward.cast.rows(ward.cast.east, "bed_reservation")
    assert (reservation.text, reservation.overtaken_at) == ("Mrs Example", ward.now)


async def test_a_reserved_bed_that_is_not_clean_is_not_shown_as_ready(ward: BedWard) -> None:
    await ward.reserve(0, text="A")
    ward.later()
    await ward.mark(0, Readiness.DIRTY)
    assert (await ward.state(0)).state is BedState.DIRTY
    await ward.mark(0, Readiness.CLEANING)
    clean_at = ward.later()
    await ward.mark(0, Readiness.CLEAN)
    assert await ward.state(0) == (BedState.RESERVED, clean_at)


async def test_an_assistant_reserves_nothing(ward: BedWard) -> None:
    outcome = await ward.reserve(0, text="A", by=ward.cast.hana)
    assert outcome.held is HeldReason.NOT_PERMITTED
