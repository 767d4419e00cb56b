"""Handing stays over: the owner changes when the receiver accepts, in the same transaction (rule 13)."""

from collections.abc import Sequence
from datetime import timedelta

from backend.db import Work
from backend.places.queries import policies
from backend.slice import APPLIED, Arrived, Author, Outcome
from backend.staff.actions.write import add_bed
from backend.staff.rules import can_hold
from backend.stays.actions import accept_stay, decline_stay, offer_stays, own_stays
from backend.stays.queries import Facts, facts
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.staff import HandoverAccepted, HandoverDeclined, HandoverOffered, Post
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT)
NOT_OFFERED = Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.NOT_OFFERED)
OFFER_ENDED = Outcome(flags=(Flag.OFFER_ENDED_BEFORE,))


async def offer_handover(work: Work, run: Sequence[Arrived[HandoverOffered]]) -> list[Outcome]:
    """Offer stays that the author owns, or leads the unit of; she owns them until they are accepted."""
    return [await _offer(work, arrived) for arrived in run]


async def _offer(work: Work, arrived: Arrived[HandoverOffered]) -> Outcome:
    author, body = arrived.author, arrived.body
    found = await facts(work.connection, body.stay_ids, lock=True)
    if not found:
        return UNKNOWN
    giveable = [stay for stay in found.values() if _may_give(author, stay)]
    in_force = await policies(work.connection, sorted({stay.unit_id for stay in giveable}), work.now)
    for unit_id, policy in in_force.items():
        stay_ids = [stay.stay_id for stay in giveable if stay.unit_id == unit_id]
        until_at = work.now + timedelta(minutes=policy.handover_minutes)
        await offer_stays(work, stay_ids, body.to_staff_id, until_at)
    if len(giveable) == len(set(body.stay_ids)):
        return APPLIED
    return (
        Outcome(flags=(Flag.NOT_OWNER,))
        if giveable
        else Outcome(held=HeldReason.NOT_PERMITTED, detail=HeldDetail.OWNER)
    )


def _may_give(author: Author, stay: Facts) -> bool:
    return stay.owner_staff_id == author.staff_id or can_hold(Post.CHARGE, author.roles_in(stay.unit_id))


async def accept_handover(work: Work, run: Sequence[Arrived[HandoverAccepted]]) -> list[Outcome]:
    """The author becomes the owner of the stay, and its bed is one of hers."""
    return [await _accept(work, arrived) for arrived in run]


async def _accept(work: Work, arrived: Arrived[HandoverAccepted]) -> Outcome:
    author = arrived.author
    found = await facts(work.connection, [arrived.body.stay_id], lock=True)
    stay = found.get(arrived.body.stay_id)
    if stay is None:
        return UNKNOWN
    if stay.offered_to_staff_id is None and stay.owner_staff_id == author.staff_id:
        return Outcome(flags=(Flag.OWNER_ALREADY,))
    if stay.offered_to_staff_id != author.staff_id:
        return NOT_OFFERED
    await give_stay(work, stay, author.staff_id)
    return APPLIED


async def decline_handover(work: Work, run: Sequence[Arrived[HandoverDeclined]]) -> list[Outcome]:
    """End the offer of a stay, by whom it was offered to, its owner, or who leads its unit; the owner stays.

    Declined by whom it was offered to, the owner is shown so, until she offers it again or says that she keeps it.
    """
    return [await _decline(work, arrived) for arrived in run]


async def _decline(work: Work, arrived: Arrived[HandoverDeclined]) -> Outcome:
    author = arrived.author
    found = await facts(work.connection, [arrived.body.stay_id], lock=True)
    stay = found.get(arrived.body.stay_id)
    if stay is None:
        return UNKNOWN
    if stay.offered_to_staff_id == author.staff_id:
        await decline_stay(work, stay.stay_id, author.staff_id)
        return APPLIED
    told = stay.declined_by_staff_id is not None and stay.owner_staff_id == author.staff_id
    if not told and (stay.offered_to_staff_id is None or not _may_give(author, stay)):
        return OFFER_ENDED
    await own_stays(work, [stay.stay_id], stay.owner_staff_id)
    return APPLIED


async def give_stay(work: Work, stay: Facts, staff_id: str, *, assigned_by: str | None = None) -> None:
    """The stay is this person's from now, and its bed is among her beds."""
    await accept_stay(work, stay, staff_id, assigned_by=assigned_by)
    if stay.bed_id is not None:
        await add_bed(work, stay.unit_id, stay.bed_id, staff_id)
