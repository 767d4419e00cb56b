"""A ward that was loaded without a policy keeps no other ward's patients from being observed."""

from datetime import timedelta

from backend.batch import LONGEST_WAIT
from backend.places.queries import forget
from backend.vitals import SLICE
from backend.web.bells import Bell
from tests.vitals.bedside import Bedside

WITHOUT_TASK = """
select count(*) from stay s where not exists (
    select from task t where t.stay_id = s.stay_id and t.open and t.kind = 'observation')
"""


async def test_a_ward_without_a_policy_leaves_no_patient_of_another_unobserved(ward: Bedside) -> None:
    cast, stays = ward.cast, []
    for _ in range(5):
        stays.append(await ward.admit())
    await cast.database.pool.execute("delete from observation_duty")
    await cast.database.pool.execute("update task set state = 'cancelled'")
    west = cast.west.unit_id
    await cast.database.pool.execute("update stay set unit_id = $1 where stay_id = $2", west, min(stays))
    later = "update unit_policy set effective_at = effective_at + make_interval(days => $2) where unit_id = $1"
    await cast.database.pool.execute(later, west, 900)
    forget(west)
    bell = Bell("sweeps", SLICE.sweeps, cast.database)
    await bell.round(ward.now)
    assert await cast.database.pool.fetchval(WITHOUT_TASK) == 1

    await cast.database.pool.execute(later, west, -900)
    forget(west)
    cast.clock.set(ward.now + LONGEST_WAIT + timedelta(seconds=1))
    await bell.round(ward.now)
    assert await cast.database.pool.fetchval(WITHOUT_TASK) == 0
