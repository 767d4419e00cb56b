"""Who answers for a stay first. Duty (the slice above) tells; this keeps it and shows it."""

from collections.abc import Sequence
from datetime import datetime

from backend.db import Work
from backend.stays.actions.write import feed_stay
from backend.stays.queries import Facts

TAKE = """
insert into bed_nurse (bed_id, staff_id, since_at)
select bed_id, $2, $3 from bed where bed_id = any($1::uuid[]) and unit_id = $4 order by bed_id
on conflict (bed_id) do update set staff_id = $2, since_at = $3
"""
OWN = """
update stay set owner_staff_id = $2, offered_to_staff_id = null, offered_at = null, offer_until_at = null,
    declined_by_staff_id = null, declined_at = null, assigned_by_staff_id = $3,
    assigned_at = case when $3::uuid is not null then $4::timestamptz end, version = version + 1
where stay_id = any($1::uuid[]) and departed_at is null
  and (owner_staff_id is distinct from $2 or offered_at is not null or declined_at is not null)
returning *
"""
OFFER = """
update stay set offered_to_staff_id = $2, offered_at = $3, offer_until_at = $4,
    declined_by_staff_id = null, declined_at = null, version = version + 1
where stay_id = any($1::uuid[]) and departed_at is null
returning *
"""
DECLINE = """
update stay set offered_to_staff_id = null, offered_at = null, offer_until_at = null,
    declined_by_staff_id = $2, declined_at = $3, version = version + 1
where stay_id = $1 and departed_at is null
returning *
"""


async def take_beds(work: Work, unit_id: str, bed_ids: Sequence[str], staff_id: str) -> None:
    """Beds of the unit and the stays in them become the nurse's from now (by the server's clock)."""
    await work.connection.execute(TAKE, bed_ids, staff_id, work.now, unit_id)
    found = await work.connection.fetch(
        "select stay_id from stay where unit_id = $2 and bed_id = any($1::uuid[]) and departed_at is null "
        "order by stay_id for no key update",
        bed_ids,
        unit_id,
    )
    await own_stays(work, [str(each["stay_id"]) for each in found], staff_id)


async def leave_beds(work: Work, staff_id: str, bed_ids: Sequence[str]) -> None:
    """The nurse has these beds no longer; she keeps the stays in them until somebody takes them."""
    await work.connection.execute(
        "delete from bed_nurse where staff_id = $1 and bed_id = any($2::uuid[])", staff_id, bed_ids
    )


async def own_stays(
    work: Work, stay_ids: Sequence[str], staff_id: str | None, *, assigned_by: str | None = None
) -> None:
    """Stays get this owner, and any offer of them ends. `assigned_by`: who gave them to her."""
    for stay in await work.connection.fetch(OWN, stay_ids, staff_id, assigned_by, work.now):
        feed_stay(work, stay)


async def offer_stays(work: Work, stay_ids: Sequence[str], to_staff_id: str, until_at: datetime) -> None:
    """Stays are offered until then; their owner stays the owner until the other accepts."""
    for stay in await work.connection.fetch(OFFER, stay_ids, to_staff_id, work.now, until_at):
        feed_stay(work, stay)


async def decline_stay(work: Work, stay_id: str, staff_id: str) -> None:
    """The offer ends: whose the stay is keeps it, and is shown who could not take it until she has taken note."""
    for stay in await work.connection.fetch(DECLINE, stay_id, staff_id, work.now):
        feed_stay(work, stay)


async def accept_stay(work: Work, stay: Facts, staff_id: str, *, assigned_by: str | None = None) -> None:
    """The stay and its bed become the accepter's, or whose somebody who leads makes them."""
    if stay.bed_id is not None:
        await work.connection.execute(TAKE, [stay.bed_id], staff_id, work.now, stay.unit_id)
    await own_stays(work, [stay.stay_id], staff_id, assigned_by=assigned_by)
