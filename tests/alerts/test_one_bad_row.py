"""One row that can not be read or decided stops no other: neither the ladder, nor the ward's turns, nor a tenth round."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from backend.alerts.sweep import LADDER, TURNS
from backend.batch import LONGEST_WAIT, DueRows
from backend.db import Work
from backend.web.bells import SAFETY_TICK, Bell
from shared_schemas.alerts import AlertState
from tests.alerts.shift import Shift

SPOIL = "update alert set text_params = '[]' where alert_id = $1"
FIND = """
select n from unnest(array['1', '2', '3', '4']) as n where $1::timestamptz is not null and n <> all($2::text[])
"""
MEND = "update alert set text_params = '{}' where alert_id = $1"


async def heard(shift: Shift) -> None:
    """Every tablet was heard of just now: the next on the ladder can be asked."""
    await shift.database.pool.execute("update device set contact_at = $1", shift.now)


async def some(shift: Shift, count: int = 7) -> list[str]:
    """Reds of patients without a bed; the first was raised, and is due, before all others."""
    made: list[str] = []
    for _ in range(count):
        await heard(shift)
        made.append(await shift.raise_one(stay_id=await shift.admit(None)))
        shift.cast.clock.advance(timedelta(seconds=1))
    return made


async def rows_of_proof(shift: Shift, *alert_ids: str) -> list[int]:
    """How many people each alert has asked."""
    count = "select count(*) from alert_step where alert_id = $1"
    return [await shift.database.pool.fetchval(count, alert_id) for alert_id in alert_ids]


async def test_an_alert_that_can_not_be_read_does_not_stop_the_ladder_of_the_others(shift: Shift) -> None:
    bad, *good = await some(shift)
    await shift.database.pool.execute(SPOIL, bad)
    asked = await rows_of_proof(shift, *good)
    shift.cast.clock.advance(timedelta(minutes=1))
    await heard(shift)
    at = await Bell("sweeps", [TURNS, LADDER], shift.database).round(shift.now)
    climbed = await rows_of_proof(shift, *good)
    assert all(after > before for before, after in zip(asked, climbed, strict=True)), "in the same round"
    assert at == shift.now + SAFETY_TICK


async def test_a_departure_reaches_the_alerts_beside_one_that_can_not_be_read(shift: Shift) -> None:
    bad, *good = await some(shift)
    await shift.database.pool.execute(SPOIL, bad)
    await shift.database.pool.execute("update stay set departed_at = $1", shift.now)
    await Bell("sweeps", [TURNS], shift.database).round(shift.now)
    assert {(await shift.alert(alert_id)).state for alert_id in good} == {AlertState.WITHDRAWN}


async def test_a_mended_alert_goes_on_by_itself_within_a_minute(shift: Shift) -> None:
    [bad] = await some(shift, 1)
    await shift.database.pool.execute(SPOIL, bad)
    shift.cast.clock.advance(timedelta(minutes=1))
    bell = Bell("sweeps", [LADDER], shift.database)
    for _ in range(100):
        await bell.round(shift.now)
        shift.cast.clock.advance(SAFETY_TICK)
    await shift.database.pool.execute(MEND, bad)
    assert (await shift.alert(bad)).next_at < shift.now  # type: ignore[operator]
    shift.cast.clock.advance(LONGEST_WAIT)
    await bell.round(shift.now)
    assert (await shift.alert(bad)).next_at > shift.now  # type: ignore[operator]


async def test_a_row_known_as_bad_is_tried_alone_and_ever_more_seldom(shift: Shift) -> None:
    rows = DueRows("test", FIND)
    batches: list[tuple[str, ...]] = []

    async def act(_: Work, row_ids: object) -> int:
        batches.append(tuple(row_ids))  # type: ignore[arg-type]
        if "3" in batches[-1]:
            raise ValueError("3 is bad")
        return len(batches[-1])

    assert await rows.each(shift.database, shift.now, act) == 3
    assert batches == [("1", "2", "3", "4"), ("1", "2"), ("3", "4"), ("3",), ("4",)]
    tried_at: list[datetime] = []
    for _ in range(300):
        batches.clear()
        assert await rows.each(shift.database, shift.now, act) == 3
        assert batches in ([("1", "2", "4")], [("1", "2", "4"), ("3",)])
        tried_at += [shift.now] if len(batches) == 2 else []
        shift.cast.clock.advance(timedelta(seconds=1))
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(tried_at)]
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_database_that_does_not_answer_makes_no_row_bad(shift: Shift) -> None:
    rows = DueRows("test", FIND)

    async def cut(*_: object) -> int:
        raise ConnectionResetError("no database")

    async def works(_: Work, row_ids: object) -> int:
        return len(tuple(row_ids))  # type: ignore[arg-type]

    with pytest.raises(ConnectionResetError):
        await rows.each(shift.database, shift.now, cut)
    assert await rows.each(shift.database, shift.now, works) == 4
