"""Deliveries that ended go after a week; those on their way, and the rows of proof, stay."""

from datetime import timedelta

from backend.alerts.sweep import DELIVERED, DELIVERIES_KEPT_FOR, PRUNED_EVERY
from tests.alerts.shift import Shift
from tests.cast import due_at

SENT = "update delivery set done_at = $1, outcome = 'sent' where delivery_id = (select min(delivery_id::text) from delivery)::uuid"


async def test_a_delivery_that_ended_a_week_ago_goes_and_one_on_its_way_stays(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    await shift.raise_one()
    count = "select count(*) from delivery"
    made = await shift.database.pool.fetchval(count)
    assert made > 1
    assert await due_at(DELIVERED, shift.database, shift.now) is None
    await shift.database.pool.execute(SENT, shift.now)
    steps = (await shift.alert(alert_id)).steps
    due = shift.now + DELIVERIES_KEPT_FOR + PRUNED_EVERY
    assert await due_at(DELIVERED, shift.database, shift.now) == due
    assert await DELIVERED.run(shift.database, due - timedelta(seconds=1)) == 0
    assert await DELIVERED.run(shift.database, due) == 1
    assert await shift.database.pool.fetchval(count) == made - 1
    assert await DELIVERED.run(shift.database, due) == 0
    assert (await shift.alert(alert_id)).steps == steps
