"""Real concurrency: whoever moves whom at the same instant, no bed holds two and nobody is lost."""

import asyncio
import random
from contextvars import Context
from datetime import timedelta

import pytest

from backend.beds.actions import mark_beds
from backend.db import unit_of_work
from backend.places.queries import hold_beds
from backend.slice import Outcome
from backend.stays.actions import assign_beds, discharge_patients
from backend.stays.actions.write import tell_bed_use
from shared_schemas.beds import BedMarked, Readiness
from shared_schemas.flags import Flag
from shared_schemas.stays import BedAssigned, PatientDischarged
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


async def test_of_two_who_tell_a_departure_at_once_the_later_one_stands(cast: DoorCast) -> None:
    """Who wrote while the other had not committed yet has read what the other wrote: the bed is dirty, not clean."""
    stay_id = await admitted(cast, bed=0)
    bed_id = cast.east.beds[0]
    left_at = cast.clock.advance(timedelta(minutes=5))

    async def tell_again() -> None:
        async with unit_of_work(cast.database, cast.clock.now()) as work:
            await tell_bed_use(work, [bed_id])

    async with unit_of_work(cast.database, cast.clock.now()) as work:
        body = PatientDischarged(observed_at=left_at, stay_id=stay_id)
        [outcome] = await discharge_patients(work, [await cast.arrived(work, cast.anna, body)])
        other = asyncio.create_task(tell_again(), context=Context())
        await waits_for_a_lock(cast)
    await other
    assert outcome.held is None
    [use] = [row for row in await cast.rows(cast.east, "bed_use") if row.bed_id == bed_id]
    assert use.freed_at == left_at


@pytest.mark.parametrize("leaves", ["departs", "gives_up_the_bed"])
async def test_who_leaves_a_bed_while_another_takes_it_waits_for_it_and_neither_is_lost(
    cast: DoorCast, leaves: str
) -> None:
    """Who takes the bed has it first; who leaves it must not yet have touched the row that the other waits for."""
    lies, comes = await admitted(cast, bed=0), await admitted(cast, bed=None)
    bed_id, now = cast.east.beds[0], cast.clock.advance(timedelta(minutes=5))

    async def leave() -> Outcome:
        async with unit_of_work(cast.database, now) as work:
            if leaves == "departs":
                departs = PatientDischarged(observed_at=now, stay_id=lies)
                [outcome] = await discharge_patients(work, [await cast.arrived(work, cast.anna, departs)])
            else:
                gives_up = BedAssigned(observed_at=now, stay_id=lies, bed_id=None)
                [outcome] = await assign_beds(work, [await cast.arrived(work, cast.anna, gives_up)])
        return outcome

    async with unit_of_work(cast.database, now) as work:
        await hold_beds(work.connection, [bed_id])
        other = asyncio.create_task(leave(), context=Context())
        await waits_for_a_lock(cast)
        takes = BedAssigned(observed_at=now, stay_id=comes, bed_id=bed_id)
        [taken] = await assign_beds(work, [await cast.arrived(work, cast.boris, takes)])
    assert taken.held is HeldReason.BED_TAKEN
    assert (await other).held is None
    [use] = [row for row in await cast.rows(cast.east, "bed_use") if row.bed_id == bed_id]
    assert use.freed_at == now
    assert await two_in_a_bed(cast) == 0


async def test_of_two_who_mark_a_bed_at_once_the_second_is_judged_by_the_first(cast: DoorCast) -> None:
    """Both have seen the bed free; cleaned does not lift the block that came a moment before."""
    bed_id, unit_id, now = cast.east.beds[0], cast.east.unit_id, cast.clock.now()
    blocked, clean = (
        BedMarked(observed_at=now, unit_id=unit_id, bed_id=bed_id, readiness=readiness)
        for readiness in (Readiness.BLOCKED, Readiness.DIRTY)
    )

    async def second() -> Outcome:
        async with unit_of_work(cast.database, now) as work:
            [outcome] = await mark_beds(work, [await cast.arrived(work, cast.boris, clean)])
        return outcome

    async with unit_of_work(cast.database, now) as work:
        await mark_beds(work, [await cast.arrived(work, cast.anna, blocked)])
        other = asyncio.create_task(second(), context=Context())
        await waits_for_a_lock(cast)
    assert (await other).flags == (Flag.NEWER_BED_MARK,)
    [status] = await cast.rows(cast.east, "bed_status")
    assert status.readiness is Readiness.BLOCKED


async def waits_for_a_lock(cast: DoorCast) -> None:
    """Until a transaction of this database waits for another one."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with asyncio.timeout(5):
        while not await cast.database.pool.fetchval(waiting):
            await asyncio.sleep(0.01)
