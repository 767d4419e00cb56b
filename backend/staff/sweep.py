"""Offers that nobody accepted go to the charge nurse; ended turns of duty leave the tablets."""

from collections.abc import Sequence
from datetime import datetime

from backend.batch import DueRows
from backend.changes.actions import gone
from backend.db import Database, Work, unit_of_work
from backend.slice import Sweep
from backend.staff.actions.hand_over import give_stay
from backend.staff.queries import charge_of
from backend.staff.rules import SHOWN_AFTER_END
from backend.stays.queries import facts

_LATE = """
from stay s join duty d on d.unit_id = s.unit_id and d.post = 'charge' and d.ended_at is null
where s.offer_until_at is not null and s.departed_at is null
"""
LATE = DueRows(
    "handovers",
    f"""
select s.stay_id {_LATE} and s.offer_until_at <= $1 and s.stay_id <> all($2::uuid[])
order by s.offer_until_at limit 200
""",
)
LATE_AT = f"select min(s.offer_until_at) {_LATE}"


async def sweep_handovers(database: Database, now: datetime) -> int:
    """Give stays whose offer was not accepted in time to the charge nurse (rule 13).

    1. Find offers past their limit in units where somebody is in charge; without one, the giver keeps the stay.
    2. Lock their stays; an offer that was accepted meanwhile is no longer open.
    3. The charge nurse becomes the owner in the same transaction.
    """
    return await LATE.each(database, now, _give_to_charge)


async def _give_to_charge(work: Work, stay_ids: Sequence[str]) -> int:
    stays = (await facts(work.connection, stay_ids, lock=True)).values()
    offered = [stay for stay in stays if stay.offered_to_staff_id is not None]
    charges = await charge_of(work.connection, {stay.unit_id for stay in offered})
    late_stays = [stay for stay in offered if stay.unit_id in charges]
    for stay in late_stays:
        await give_stay(work, stay, charges[stay.unit_id])
    return len(late_stays)


ENDED = """
update duty set hidden_at = $1, version = version + 1 where duty_id in (
    select duty_id from duty where ended_at <= $2 and hidden_at is null
    order by ended_at limit 200 for no key update skip locked)
returning duty_id, unit_id, version
"""
ENDED_AT = f"""
select min(ended_at) + interval '{SHOWN_AFTER_END.total_seconds()} s' from duty where hidden_at is null
"""


async def sweep_duties(database: Database, now: datetime) -> int:
    """Take turns of duty off the tablets a day after they ended.

    1. Claim ended turns that are still shown; a second worker skips them.
    2. Write that they are gone in the same transaction.
    """
    async with unit_of_work(database, now) as work:
        ended = await work.connection.fetch(ENDED, now, now - SHOWN_AFTER_END)
        for duty in ended:
            gone(work, f"unit:{duty['unit_id']}", "duty", str(duty["duty_id"]), duty["version"])
    return len(ended)


HANDOVERS = Sweep("handovers", LATE_AT, sweep_handovers)
DUTIES = Sweep("duties", ENDED_AT, sweep_duties)
