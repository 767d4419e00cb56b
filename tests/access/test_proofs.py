"""A tablet proves itself with its token, a person with her PIN, and a stay is in one unit at a time."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.access import actions, queries
from backend.access.rules import FREE_TRIES, LONGEST_WAIT, scope_at, wait_after
from backend.clock import SteppedClock
from backend.db import Database, unit_of_work
from backend.errors import NotFound, NotSignedIn, TooMany
from backend.places.actions import set_hospital, set_unit
from shared_schemas.places import UnitRow
from shared_schemas.staff import Grant, Role, StaffRow

pytestmark = pytest.mark.asyncio(loop_scope="session")
PIN = "314159"


async def a_unit(database: Database, clock: SteppedClock) -> str:
    unit_id, hospital_id = str(uuid4()), str(uuid4())
    unit = UnitRow(
        unit_id=unit_id, name="A", time_zone="Asia/Seoul", lang="ko", rapid_response_phone="1", policy_version=1
    )
    async with unit_of_work(database, clock.now()) as work:
        await set_hospital(work.connection, hospital_id, "H")
        await set_unit(work.connection, hospital_id, unit)
    return unit_id


async def a_nurse(database: Database, clock: SteppedClock, unit_id: str) -> str:
    grants = [Grant(unit_id=unit_id, role=Role.WARD_NURSE)]
    nurse = StaffRow(staff_id=str(uuid4()), name="Asha", lang="en", ui_lang="en", grants=grants)
    async with unit_of_work(database, clock.now()) as work:
        await actions.set_person(work, nurse, PIN, clock.now())
    return nurse.staff_id


async def a_tablet(database: Database, clock: SteppedClock, unit_id: str) -> actions.PairedDevice:
    async with unit_of_work(database, clock.now()) as work:
        code = await actions.make_pairing_code(work, unit_id)
        return await actions.pair_device(work, code, "tablet 1")


async def test_a_pairing_code_makes_one_tablet_and_no_second(database: Database, clock: SteppedClock) -> None:
    unit_id = await a_unit(database, clock)
    async with unit_of_work(database, clock.now()) as work:
        code = await actions.make_pairing_code(work, unit_id)
        paired = await actions.pair_device(work, code, "tablet 1")
        with pytest.raises(NotFound):
            await actions.pair_device(work, code, "tablet 2")
        known = await queries.device_of(work.connection, paired.device_token, clock.now())
        assert known == queries.SignedDevice(paired.device_id, unit_id, "tablet 1", [])
        assert await queries.device_of(work.connection, paired.device_token + "x", clock.now()) is None


async def test_an_expired_pairing_code_makes_no_tablet(database: Database, clock: SteppedClock) -> None:
    unit_id = await a_unit(database, clock)
    async with unit_of_work(database, clock.now()) as work:
        code = await actions.make_pairing_code(work, unit_id)
    clock.advance(timedelta(hours=24))
    async with unit_of_work(database, clock.now()) as work:
        with pytest.raises(NotFound):
            await actions.pair_device(work, code, "late")


async def test_a_revoked_tablet_is_a_stranger_and_its_people_are_signed_out(
    database: Database, clock: SteppedClock
) -> None:
    unit_id = await a_unit(database, clock)
    nurse, tablet = await a_nurse(database, clock, unit_id), await a_tablet(database, clock, unit_id)
    await actions.sign_in(database, clock.now(), tablet.device_id, nurse, PIN)
    async with unit_of_work(database, clock.now()) as work:
        assert await queries.contacts(work.connection, [nurse], clock.now()) == {nurse: (clock.now(), None)}
        await actions.revoke_device(work, tablet.device_id)
        assert await queries.device_of(work.connection, tablet.device_token, clock.now()) is None
        assert await queries.contacts(work.connection, [nurse], clock.now()) == {}


async def test_wrong_pins_slow_down_that_person_on_that_tablet_alone(database: Database, clock: SteppedClock) -> None:
    unit_id = await a_unit(database, clock)
    asha, ben = await a_nurse(database, clock, unit_id), await a_nurse(database, clock, unit_id)
    first, second = await a_tablet(database, clock, unit_id), await a_tablet(database, clock, unit_id)
    for _ in range(FREE_TRIES):
        with pytest.raises(NotSignedIn):
            await actions.sign_in(database, clock.now(), first.device_id, asha, "000000")
    with pytest.raises(TooMany) as refused:
        await actions.sign_in(database, clock.now(), first.device_id, asha, PIN)
    assert refused.value.retry_after == wait_after(FREE_TRIES)
    await actions.sign_in(database, clock.now(), second.device_id, asha, PIN)
    await actions.sign_in(database, clock.now(), first.device_id, ben, PIN)
    clock.advance(wait_after(FREE_TRIES))
    opened = await actions.sign_in(database, clock.now(), first.device_id, asha, PIN)
    assert opened.staff_id == asha
    with pytest.raises(NotSignedIn):
        await actions.sign_in(database, clock.now(), first.device_id, asha, "000000")


async def test_the_wait_grows_and_has_an_end() -> None:
    waits = [wait_after(failures).total_seconds() for failures in range(1, 60)]
    assert waits[:5] == [0, 0, 2, 4, 8]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT.total_seconds()


async def test_a_stay_is_in_one_unit_at_a_time(database: Database, clock: SteppedClock) -> None:
    old, new, stay_id = await a_unit(database, clock), await a_unit(database, clock), str(uuid4())
    start, hour = clock.now(), timedelta(hours=1)
    async with unit_of_work(database, start) as work:
        await actions.place_stay(work, stay_id, old, start)
        await actions.place_stay(work, stay_id, old, start + hour)
        await actions.place_stay(work, stay_id, new, start + 2 * hour)
        await actions.end_stay_scope(work, stay_id, start + 3 * hour)
        spans = (await queries.stay_spans(work.connection, [stay_id]))[stay_id]
    assert [span.unit_id for span in spans] == [old, new]
    assert scope_at(stay_id, spans, start - hour).unit_id_at_observed == old
    assert scope_at(stay_id, spans, start + 2 * hour - timedelta(seconds=1)).unit_id_at_observed == old
    assert scope_at(stay_id, spans, start + 2 * hour).unit_id_at_observed == new
    after = scope_at(stay_id, spans, start + 4 * hour)
    assert (after.unit_id, after.departed_at) == (new, start + 3 * hour)
