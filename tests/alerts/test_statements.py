"""What alerts cost: as many statements for a ward of thirty as for one of three."""

import pytest

from backend.alerts import SLICE
from backend.alerts.actions import raise_alerts
from backend.db import unit_of_work
from backend.web.bells import Bell
from shared_schemas.alerts import AlertClass
from tests.alerts.shift import Shift


@pytest.mark.parametrize("alert_class", [AlertClass.RED, AlertClass.PLAIN])
async def test_raising_and_sweeping_thirty_costs_the_statements_of_three(shift: Shift, alert_class: AlertClass) -> None:
    bell = Bell("alerts", SLICE.sweeps, shift.database)
    counts: dict[int, tuple[int, int, int]] = {}
    for patients in (1, 3, 30):  # the first warms what is read once a process
        stays = [await shift.admit(None) for _ in range(patients)]
        with shift.database.counted_statements() as idle:
            await bell.round(shift.now)
        with shift.database.counted_statements() as raising:
            async with unit_of_work(shift.database, shift.now) as work:
                await raise_alerts(work, [shift.new(alert_class, stay_id=stay_id) for stay_id in stays])
        await shift.later(40, sweep=False)
        with shift.database.counted_statements() as sweeping:
            await bell.round(shift.now)
        counts[patients] = (len(idle), len(raising), len(sweeping))
        await shift.database.pool.execute(
            "update alert set next_at = null, state = 'resolved' where next_at is not null"
        )
    assert counts[3] == counts[30], counts
    assert counts[3][0] == 1, "an idle second costs one statement for all sweeps"
