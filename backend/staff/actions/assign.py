"""Who leads the unit gives a patient to a nurse on duty, without waiting for her to accept."""

from collections.abc import Sequence

from backend.access.rules import may_lead
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.staff.actions.hand_over import UNKNOWN, give_stay
from backend.stays.queries import facts
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.staff import StayAssigned
from shared_schemas.wire import HeldReason

# Who answers for a patient is a nurse on duty in her unit; an assistant owns none.
RECEIVES = """
select count(*) from duty where staff_id = $1 and unit_id = $2 and ended_at is null and post in ('nurse', 'charge')
"""
OVERTAKEN = Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.OWNER_CHANGED)
GONE = Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.DEPARTED)
STRANGER = Outcome(held=HeldReason.NOT_PERMITTED, detail=HeldDetail.OWNER)


async def assign_stays(work: Work, run: Sequence[Arrived[StayAssigned]]) -> list[Outcome]:
    """The patients are the receivers', and their beds are among theirs; decided on an owner of the past it is held."""
    return [await _assign(work, arrived) for arrived in run]


async def _assign(work: Work, arrived: Arrived[StayAssigned]) -> Outcome:
    body = arrived.body
    stay = (await facts(work.connection, [body.stay_id], lock=True)).get(body.stay_id)
    if stay is None:
        return UNKNOWN
    if not may_lead(arrived.author, stay.unit_id):
        return STRANGER
    if stay.departed_at is not None:
        return GONE
    if stay.owner_staff_id == body.to_staff_id:
        return Outcome(flags=(Flag.OWNER_ALREADY,))
    if stay.owner_staff_id != body.from_staff_id:
        return OVERTAKEN
    if not await work.connection.fetchval(RECEIVES, body.to_staff_id, stay.unit_id):
        return Outcome(flags=(Flag.RECEIVER_AWAY,))
    await give_stay(work, stay, body.to_staff_id, assigned_by=arrived.author.staff_id)
    return APPLIED
