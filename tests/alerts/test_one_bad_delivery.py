"""One row, one address or one ward that is wrong delays no other delivery, and no other proof."""

from itertools import pairwise

from backend.alerts.deliver import LEASED_FOR
from backend.alerts.rules.alert import active
from backend.alerts.rules.sending import LONGEST_PAUSE
from backend.places.queries import forget
from tests.alerts.outbox import Outbox


async def test_an_address_that_no_connection_can_be_made_to_delays_no_other_s_proof(outbox: Outbox) -> None:
    shift = outbox.shift
    await outbox.subscribe(shift.cast.boris)
    outbox.push._exempt += ("x..push.apple.com:443",)
    boris = shift.device_of[shift.cast.boris.staff_id]
    bad = "update push_subscription set endpoint = 'https://x..push.apple.com/1' where device_id = $1"
    await shift.database.pool.execute(bad, boris)
    await shift.database.pool.execute("update device set push_works = false")
    alert_id = await shift.raise_one()
    for _ in range(6):
        await outbox.run(16)
    assert {("Anna", "ring"), ("Boris", "ring")} <= set(outbox.rung)
    assert len(outbox.rung) == len(set(outbox.rung)), "each is rung once"
    assert len(outbox.receiver.messages) == 1
    assert all(row.sent_at is not None for row in active(await shift.alert(alert_id)))
    tries = "select attempts, outcome from delivery where device_id = $1"
    assert [tuple(row) for row in await shift.database.pool.fetch(tries, boris)] == [(6, None)]


async def test_an_alert_that_can_not_be_proven_delays_no_other_s_proof(outbox: Outbox) -> None:
    shift = outbox.shift
    bad, good = [await shift.raise_one(stay_id=stay) for stay in (shift.stay_id, await shift.admit(None))]
    await shift.database.pool.execute("update alert set text_params = '[]' where alert_id = $1", bad)
    await outbox.run(0)
    assert all(row.sent_at is not None for row in active(await shift.alert(good)))


async def test_what_can_not_be_proven_rings_again_at_growing_pauses_and_never_falls_silent(outbox: Outbox) -> None:
    shift = outbox.shift
    bad = await shift.raise_one()
    await shift.database.pool.execute("update alert set text_params = '[]' where alert_id = $1", bad)
    await outbox.run(0)
    rung_at = [0]
    for seconds in range(15, 1500, 15):
        before = len(outbox.rung)
        await outbox.run(15)
        rung_at += [seconds] * (len(outbox.rung) - before)
    pauses = [after - before for before, after in pairwise(rung_at)]
    assert pauses == sorted(pauses), "each at least as long as the one before"
    assert pauses[:4] == [15, 30, 60, 120]
    assert set(pauses[5:]) == {LONGEST_PAUSE.total_seconds()}

    await shift.database.pool.execute("update alert set text_params = '{}' where alert_id = $1", bad)
    for _ in range(20):
        await outbox.run(15)
    rung = len(outbox.rung)
    assert all(row.sent_at is not None for row in active(await shift.alert(bad)))
    for _ in range(20):
        await outbox.run(15)
    assert len(outbox.rung) == rung, "proven, it rings no more"


async def test_a_ward_without_a_policy_has_its_own_notices_only_wait(outbox: Outbox) -> None:
    shift = outbox.shift
    west = shift.cast.west.unit_id
    lost, seen = [await shift.raise_one(stay_id=stay) for stay in (await shift.admit(None), shift.stay_id)]
    await shift.database.pool.execute("update alert set unit_id = $1 where alert_id = $2", west, lost)
    later = "update unit_policy set effective_at = effective_at + make_interval(days => $2) where unit_id = $1"
    await shift.database.pool.execute(later, west, 900)
    forget(west)
    await outbox.run(0)
    assert all(row.sent_at is not None for row in active(await shift.alert(seen)))
    assert [message.notice["alert_id"] for message in outbox.receiver.wait_for(1)] == [seen]

    await shift.database.pool.execute(later, west, -900)
    forget(west)
    await outbox.run(LEASED_FOR.total_seconds())
    assert "Charlotte" in {name for name, _ in outbox.rung}
