"""Offers that nobody accepted go to the charge nurse; ended turns of duty leave the tablets."""

from datetime import datetime, timedelta
from typing import cast

from backend.changes.actions import gone
from backend.db import Connection, Database, unit_of_work
from backend.places.queries import policies
from backend.staff.actions.hand_over import give_stay
from backend.staff.queries import charge_of
from backend.staff.rules import SHOWN_AFTER_END
from backend.stays.queries import facts, open_offers


async def sweep_handovers(database: Database, now: datetime) -> datetime | None:
    """Give stays whose offer was not accepted in time to the charge nurse (rule 13).

    1. Read the open offers and each unit's limit (20 minutes by default).
    2. Lock the late ones; an offer that was accepted meanwhile is no longer open.
    3. The charge nurse becomes the owner in the same transaction. Without one, the giver keeps the stay.
    4. Name the instant at which the next offer is late.
    """
    async with database.pool.acquire() as connection:
        if not await open_offers(cast("Connection", connection)):
            return None
    async with unit_of_work(database, now) as work:
        offers = await open_offers(work.connection)
        unit_ids = {offer.unit_id for offer in offers}
        in_force = await policies(work.connection, sorted(unit_ids), now)
        charges = await charge_of(work.connection, unit_ids)
        late_at = {
            offer.stay_id: offer.offered_at + timedelta(minutes=in_force[offer.unit_id].handover_minutes)
            for offer in offers
        }
        late = [offer.stay_id for offer in offers if late_at[offer.stay_id] <= now and offer.unit_id in charges]
        for stay in (await facts(work.connection, late, lock=True)).values():
            if stay.offered_to_staff_id is not None:
                await give_stay(work, stay, charges[stay.unit_id])
        return min((at for at in late_at.values() if at > now), default=None)


ENDED = """
update duty set hidden_at = $1, version = version + 1 where duty_id in (
    select duty_id from duty where ended_at <= $2 and hidden_at is null
    order by ended_at limit 200 for no key update skip locked)
returning duty_id, unit_id, version
"""


EARLIEST = "select min(ended_at) from duty where hidden_at is null"


async def sweep_duties(database: Database, now: datetime) -> datetime | None:
    """Take turns of duty off the tablets a day after they ended.

    1. Look at the earliest end that is still shown; most often nothing is due.
    2. Claim ended turns that are still shown; a second worker skips them.
    3. Write that they are gone in the same transaction, and name the instant of the next.
    """
    ended_at = await database.pool.fetchval(EARLIEST)
    if ended_at is not None and ended_at + SHOWN_AFTER_END <= now:
        async with unit_of_work(database, now) as work:
            for duty in await work.connection.fetch(ENDED, now, now - SHOWN_AFTER_END):
                gone(work, f"unit:{duty['unit_id']}", "duty", str(duty["duty_id"]), duty["version"])
            ended_at = await work.connection.fetchval(EARLIEST)
    return None if ended_at is None else ended_at + SHOWN_AFTER_END
