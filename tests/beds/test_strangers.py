"""Somebody of another ward marks, reserves, swaps and cancels nothing here; an assistant moves nobody."""

from datetime import timedelta

from shared_schemas.base import Body
from shared_schemas.beds import BedMarked, BedReservationCancelled, BedReserved, Readiness
from shared_schemas.stays import PlacementCancelled
from shared_schemas.wire import HeldReason
from tests.beds.ward import BedWard
from tests.cast import uid


async def test_a_stranger_is_turned_away_by_every_gate_of_beds(ward: BedWard) -> None:
    admission, unit_id, at = uid(), ward.cast.east.unit_id, ward.now
    one, other = await ward.admit(0, entry_id=admission), await ward.admit(1)
    moves: list[Body] = [
        BedReserved(observed_at=at, unit_id=unit_id, bed_id=ward.bed(2), text="A", until_at=at + timedelta(hours=1)),
        BedReservationCancelled(observed_at=at, unit_id=unit_id, reservation_id=uid()),
        ward.swapping(one, 0, other, 1),
        PlacementCancelled(observed_at=at, stay_id=one, cancels=admission),
    ]
    mark = BedMarked(observed_at=at, unit_id=unit_id, bed_id=ward.bed(2), readiness=Readiness.DIRTY)
    for body in [*moves, mark]:
        assert (await ward.say(body, ward.cast.wei)).held is HeldReason.OUT_OF_SCOPE, type(body).__name__
    for body in moves:
        assert (await ward.say(body, ward.cast.hana)).held is HeldReason.NOT_PERMITTED, type(body).__name__
    assert (await ward.say(mark, ward.cast.hana)).held is None
