"""A ward without a policy, and care that can not be read, keep no other patient's care from being seen."""

from datetime import timedelta

from backend.batch import LONGEST_WAIT
from backend.places.queries import forget
from backend.tasks import SLICE
from backend.web.bells import Bell
from shared_schemas.alerts import AlertState
from shared_schemas.tasks import TaskState
from tests.tasks.bedside import Bedside

SPOIL = "update task set text_params = '[]' where task_id = $1"


async def a_round(bedside: Bedside) -> None:
    await Bell("sweeps", SLICE.sweeps, bedside.cast.database).round(bedside.cast.clock.now())


async def test_a_ward_without_a_policy_silences_no_other_ward(bedside: Bedside) -> None:
    cast = bedside.cast
    elsewhere = await bedside.admit(1)
    lost = await bedside.by_hand(0, stay_id=elsewhere)
    seen = await bedside.by_hand(1)
    west = cast.west.unit_id
    await cast.database.pool.execute("update stay set unit_id = $1, bed_id = null where stay_id = $2", west, elsewhere)
    later = "update unit_policy set effective_at = effective_at + make_interval(days => $2) where unit_id = $1"
    await cast.database.pool.execute(later, west, 900)
    forget(west)
    cast.clock.advance(timedelta(minutes=60))
    await a_round(bedside)
    assert [state for state, _ in await bedside.alert_states(seen)] == [AlertState.OPEN]

    await cast.database.pool.execute(later, west, -900)
    forget(west)
    cast.clock.advance(LONGEST_WAIT)
    await a_round(bedside)
    running = "select count(*) from alert where cause_id = $1"
    assert await cast.database.pool.fetchval(running, lost) == 1, "the lost ward is heard as soon as it has its policy"


async def test_overdue_care_that_can_not_be_read_hides_no_other(bedside: Bedside) -> None:
    bad, *good = [await bedside.by_hand(minutes) for minutes in range(6)]
    await bedside.cast.database.pool.execute(SPOIL, bad)
    bedside.cast.clock.advance(timedelta(minutes=60))
    await a_round(bedside)
    for task_id in good:
        assert len(await bedside.alerts(task_id)) == 1


async def test_a_slot_that_can_not_be_read_lets_the_others_end(bedside: Bedside) -> None:
    bad, *good = [await bedside.turning(minutes) for minutes in range(4)]
    [slot] = await bedside.slots(bad)
    await bedside.cast.database.pool.execute(SPOIL, slot.task_id)
    bedside.cast.clock.advance(timedelta(minutes=130))
    await a_round(bedside)
    for care_id in good:
        assert [slot.state for slot in await bedside.slots(care_id)] == [TaskState.FAILED, TaskState.READY]


async def test_a_departed_patient_who_can_not_be_settled_keeps_no_other_on_the_tablets(bedside: Bedside) -> None:
    cast = bedside.cast
    stays = [bedside.stay_id, *[await bedside.admit(bed) for bed in range(1, 4)]]
    bad, *_ = [await bedside.by_hand(0, stay_id=stay_id) for stay_id in stays]
    await cast.database.pool.execute(SPOIL, bad)
    await cast.database.pool.execute("update stay set departed_at = $1", cast.clock.now())
    await a_round(bedside)
    unsettled = await cast.database.pool.fetch("select stay_id::text from stay where settled_at is null")
    assert [row["stay_id"] for row in unsettled] == [bedside.stay_id]
