"""A patient whose late offer can not be written keeps no other patient from the charge nurse."""

from datetime import timedelta

from backend.batch import LONGEST_WAIT
from backend.changes.actions import open_feed
from backend.db import unit_of_work
from backend.staff import SLICE
from backend.web.bells import Bell
from shared_schemas.staff import HandoverOffered, Post
from tests.cast import Cast
from tests.staff.shift import on_duty, patient

OWNERS = "select stay_id::text, owner_staff_id::text from stay"


async def owners(cast: Cast) -> dict[str, str]:
    return {row["stay_id"]: row["owner_staff_id"] for row in await cast.database.pool.fetch(OWNERS)}


async def a_round(cast: Cast, after: timedelta) -> None:
    cast.clock.advance(after)
    await Bell("sweeps", SLICE.sweeps, cast.database).round(cast.clock.now())


async def lose_the_feed_of_west(cast: Cast, stay_id: str) -> None:
    """A patient of a ward that has a charge nurse and no feed: whatever is told to it raises."""
    west = cast.west.unit_id
    await on_duty(cast, cast.wei, unit_id=west, bed_ids=[])
    pool = cast.database.pool
    await pool.execute("update duty set post = 'charge' where staff_id = $1", cast.wei.staff_id)
    await pool.execute("update stay set unit_id = $1, bed_id = null where stay_id = $2", west, stay_id)
    for table in ("change", "feed_row"):
        await pool.execute(f"delete from {table} where feed_id = $1", f"unit:{west}")
    # The application may not delete a feed.
    await pool.execute("update feed set feed_id = 'nobody' where feed_id = $1", f"unit:{west}")


async def test_a_late_offer_that_can_not_be_written_lets_the_others_go_to_the_charge_nurse(cast: Cast) -> None:
    bad, *good = [await patient(cast, bed) for bed in range(4)]
    await on_duty(cast, cast.anna, *range(4))
    await on_duty(cast, cast.charlotte, post=Post.CHARGE)
    now = cast.clock.now()
    offer = HandoverOffered(observed_at=now, stay_ids=[bad, *good], to_staff_id=cast.boris.staff_id)
    assert (await cast.say(cast.anna, offer)).flags == ()
    await lose_the_feed_of_west(cast, bad)

    await a_round(cast, timedelta(minutes=20))

    assert await owners(cast) == {bad: cast.anna.staff_id, **dict.fromkeys(good, cast.charlotte.staff_id)}

    async with unit_of_work(cast.database, cast.clock.now()) as work:
        await open_feed(work.connection, f"unit:{cast.west.unit_id}")
    await a_round(cast, LONGEST_WAIT)
    assert (await owners(cast))[bad] == cast.wei.staff_id, "it goes as soon as it can be written"
