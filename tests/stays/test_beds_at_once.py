"""Real concurrency: whoever moves whom at the same instant, no bed holds two and nobody is lost."""

import asyncio
import random

import pytest

from shared_schemas.stays import BedAssigned
from shared_schemas.wire import HeldReason, Verdict
from tests.door_cast import DoorCast
from tests.stays.arrivals import admitted
from tests.tablet import Tablet


async def two_in_a_bed(cast: DoorCast) -> int:
    return await cast.database.pool.fetchval(
        "select count(*) from bed_stay a join bed_stay b on a.bed_id = b.bed_id and a.bed_stay_id < b.bed_stay_id "
        "and tstzrange(a.from_at, a.to_at) && tstzrange(b.from_at, b.to_at)"
    )


@pytest.mark.parametrize("seed", range(4))
async def test_concurrent_swaps_and_moves_never_put_two_patients_in_one_bed(cast: DoorCast, seed: int) -> None:
    """Eight tablets, each on a connection of its own; the door repeats what dead-locked."""
    rng = random.Random(seed)
    stays = [await admitted(cast, bed=bed) for bed in range(4)]

    async def writer(tablet: Tablet, choices: list[tuple[str, str | None]]) -> None:
        for stay_id, bed_id in choices:
            body = BedAssigned(observed_at=cast.clock.now(), stay_id=stay_id, bed_id=bed_id)
            verdict = await tablet.say(cast.anna.staff_id, body)
            # Flagged: nobody has cleaned the bed that somebody else has just left.
            assert verdict.verdict is not Verdict.HELD or verdict.reason is HeldReason.BED_TAKEN

    tablets = [await cast.another_tablet_of(cast.anna) for _ in range(8)]
    plans = [[(rng.choice(stays), rng.choice([*cast.east.beds, None])) for _ in range(6)] for _ in tablets]
    await asyncio.gather(*map(writer, tablets, plans))
    assert await two_in_a_bed(cast) == 0
    rows = await cast.rows(cast.east, "stay")
    beds = [row.bed_id for row in rows if row.bed_id]
    assert len(rows) == 4
    assert len(beds) == len(set(beds))
    in_use = await cast.database.pool.fetch("select stay_id::text, bed_id::text from bed_stay where to_at is null")
    assert {(each["stay_id"], each["bed_id"]) for each in in_use} == {(r.stay_id, r.bed_id) for r in rows if r.bed_id}


async def test_two_who_swap_beds_at_once_end_in_one_bed_each(cast: DoorCast) -> None:
    """Fault 41: A wants B's bed while B wants A's; nobody is lost and no bed holds two."""
    a, b = await admitted(cast, bed=0), await admitted(cast, bed=1)
    now = cast.clock.now()
    for _ in range(5):
        outcomes = await asyncio.gather(
            cast.say(cast.anna, BedAssigned(observed_at=now, stay_id=a, bed_id=cast.east.beds[1])),
            cast.say(cast.boris, BedAssigned(observed_at=now, stay_id=b, bed_id=cast.east.beds[0])),
        )
        assert {outcome.held for outcome in outcomes} <= {None, HeldReason.BED_TAKEN}
        assert await two_in_a_bed(cast) == 0
