"""Two people who exchanged two patients' beds may both record it: it is one swap."""

from backend.slice import Outcome
from shared_schemas.flags import Flag
from tests.beds.test_cancels import cancel, stay
from tests.beds.ward import BedWard
from tests.cast import uid


async def test_a_swap_that_two_people_recorded_is_taken_back_by_either(ward: BedWard) -> None:
    one, other, first, again = await ward.admit(0), await ward.admit(1), uid(), uid()
    beds = [(await stay(ward, each)).bed_id for each in (one, other)]
    for entry_id in (first, again):
        assert await ward.say(ward.swapping(one, 0, other, 1), entry_id=entry_id) == Outcome()
    assert [(await stay(ward, each)).bed_id for each in (one, other)] == beds[::-1]
    assert await cancel(ward, other, again) == Outcome()
    assert [(await stay(ward, each)).bed_id for each in (one, other)] == beds
    assert (await cancel(ward, one, first)).flags == (Flag.CANCELLED_BEFORE,)
