"""An alert that began while no tablet of hers listened sounds as soon as one does, and sounds no second time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from backend.access.actions import end_session
from backend.clock import SteppedClock
from backend.db import unit_of_work
from backend.settings import Settings
from backend.sync.deliver import POLL_S
from shared_schemas.alerts import AlertClass
from tests.alerts.listening import Listening
from tests.alerts.shift import Shift
from tests.tablet import Tablet, served

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN


@pytest_asyncio.fixture
async def open_ward(shift: Shift, settings: Settings, clock: SteppedClock) -> AsyncIterator[Listening]:
    async with served(settings, clock) as server:
        yield await Listening.of(shift, server)


async def test_an_alert_that_began_while_the_socket_was_closed_rings_after_the_hello(open_ward: Listening) -> None:
    shift = open_ward.shift
    alert_id = await shift.raise_one()
    await open_ward.sent()
    assert await open_ward.outcomes(alert_id) == ["nobody_listens"]
    shift.cast.clock.advance(timedelta(seconds=5))
    async with open_ward.hello() as socket:
        await open_ward.round()
        ring = await socket.next("ring")
    assert (ring["alert_id"], ring["staff_id"], ring["sound"]) == (alert_id, shift.cast.anna.staff_id, "ring")
    assert await open_ward.outcomes(alert_id) == ["sent"], "proven in the same row"
    assert await open_ward.proven(alert_id, shift.cast.anna)


async def test_what_was_rung_and_shown_rings_no_more(open_ward: Listening) -> None:
    await open_ward.shift.raise_one()
    await open_ward.sent()
    async with open_ward.hello() as socket:
        await open_ward.round()
        await open_ward.hello_again(socket)
        await open_ward.round()
        [ring] = await open_ward.heard(socket)
        await open_ward.tell(ring)
    async with open_ward.hello() as socket:
        await open_ward.round(31)
        assert await open_ward.heard(socket) == []


async def test_a_ring_into_a_socket_that_was_dead_rings_again_on_the_next_one(open_ward: Listening) -> None:
    await open_ward.shift.raise_one(AMBER)
    async with open_ward.hello():
        await open_ward.sent(2)  # sent, but the tablet never says that it showed it
    async with open_ward.hello() as socket:
        await open_ward.round(29)
        assert await open_ward.heard(socket) == [], "at most one sound in 30 s (rule 11)"
        await open_ward.round(1)
        [ring] = await open_ward.heard(socket)
        await open_ward.tell(ring)
    async with open_ward.hello() as socket:
        await open_ward.round(31)
        assert await open_ward.heard(socket) == []


async def test_what_a_feed_showed_in_silence_rings_all_the_same_until_it_is_opened(open_ward: Listening) -> None:
    alert_id = await open_ward.shift.raise_one()
    await open_ward.sent()
    await open_ward.tell(await open_ward.asking(alert_id))
    async with open_ward.hello() as socket:
        await open_ward.round()
        assert len(await open_ward.heard(socket)) == 1
    other = await open_ward.shift.raise_one()
    await open_ward.sent(30)
    await open_ward.tell(await open_ward.asking(other), "opened")
    async with open_ward.hello() as socket:
        await open_ward.round(31)
        assert await open_ward.heard(socket) == []


async def test_someone_elses_alert_rings_nobody_here(open_ward: Listening) -> None:
    shift = open_ward.shift
    await shift.database.pool.execute("update stay set owner_staff_id = $1", shift.cast.boris.staff_id)
    alert_id = await shift.raise_one()
    await open_ward.sent()
    assert await shift.asked(alert_id) == ["Boris"]
    async with open_ward.hello() as socket:
        await open_ward.round()
        assert await open_ward.heard(socket) == []
    assert await open_ward.outcomes(alert_id) == ["nobody_listens"]


async def test_an_answered_alert_rings_nobody(open_ward: Listening) -> None:
    shift = open_ward.shift
    alert_id = await shift.raise_one()
    await open_ward.sent()
    await shift.say(shift.cast.anna, shift.accepts(alert_id))
    async with open_ward.hello() as socket:
        await open_ward.round()
        assert await open_ward.heard(socket) == []


async def test_who_was_signed_out_is_not_rung(open_ward: Listening) -> None:
    shift, tablet = open_ward.shift, open_ward.tablet
    await tablet.sign_in(shift.cast.boris.staff_id)
    await shift.raise_one()
    await open_ward.sent()
    async with unit_of_work(shift.database, shift.now) as work:
        await end_session(work, tablet.device_id, tablet.sessions[shift.cast.anna.staff_id].session_id)
    async with open_ward.hello() as socket:
        await open_ward.round()
        assert await open_ward.heard(socket) == []


async def test_who_timed_out_keeps_the_alert_and_is_rung(open_ward: Listening) -> None:
    alert_id = await open_ward.shift.raise_one()
    await open_ward.sent(60)  # silent after 30 s: her buddy is asked beside her
    assert (await open_ward.shift.told(alert_id))[0] == (1, "assignee", "Anna", "silent")
    async with open_ward.hello() as socket:
        await open_ward.round()
        assert len(await open_ward.heard(socket)) == 1


async def test_rule_11_reds_that_nobody_heard_ring_one_by_one_and_take_along_what_still_waits(
    open_ward: Listening,
) -> None:
    first = await open_ward.shift.raise_one()
    await open_ward.sent(1)
    second = await open_ward.shift.raise_one()
    await open_ward.sent(4)  # the second is to sound at 30 s
    heard: dict[int, list[tuple[str, str]]] = {}
    async with open_ward.hello() as socket:
        for second_no in range(5, 41, 5):
            await open_ward.round(0 if second_no == 5 else 5)
            rings = [(ring["alert_id"], ring["sound"]) for ring in await open_ward.heard(socket)]
            heard |= {second_no: [ring for ring in rings if ring[1] != "silent"]}
    assert {at: rings for at, rings in heard.items() if rings} == {5: [(first, "ring")], 35: [(second, "ring")]}


async def test_rule_10_a_plain_alert_of_the_night_comes_back_without_a_sound(open_ward: Listening) -> None:
    alert_id = await open_ward.shift.raise_one(PLAIN)
    await open_ward.sent(3)
    async with open_ward.hello() as socket:
        await open_ward.round(3)
        assert [ring["sound"] for ring in await open_ward.heard(socket)] == ["silent"]
    assert await open_ward.outcomes(alert_id) == ["sent"]


async def test_who_signs_in_on_a_tablet_with_an_open_socket_is_rung(open_ward: Listening) -> None:
    shift = open_ward.shift
    other = await Tablet.paired(open_ward.server, shift.cast.east.unit_id)
    await other.sign_in(shift.cast.boris.staff_id)
    await other.pull()
    await shift.raise_one()
    await open_ward.sent()
    async with open_ward.hello(other) as socket:
        await other.sign_in(shift.cast.anna.staff_id)
        await open_ward.server.hub.look_up_people()  # as after a sign-in through another process
        await open_ward.round()
        assert [ring["staff_id"] for ring in await open_ward.heard(socket)] == [shift.cast.anna.staff_id]


async def test_a_ring_that_another_process_sent_is_proven_by_the_one_that_rang(
    open_ward: Listening, settings: Settings, clock: SteppedClock
) -> None:
    shift = open_ward.shift
    async with served(settings, clock) as second, open_ward.hello() as socket:
        for server in (open_ward.server, second):
            server.doorbell.start()
        await asyncio.sleep(2 * POLL_S)  # each has heard the other
        alert_id = await shift.raise_one()
        second.bells.ring()
        await second.advance(shift.now)
        assert (await socket.next("ring"))["alert_id"] == alert_id
        async with asyncio.timeout(5):
            while not await open_ward.proven(alert_id, shift.cast.anna):
                await asyncio.sleep(0.01)
        assert await open_ward.outcomes(alert_id) == ["sent"]
        await open_ward.hello_again(socket)
        await open_ward.round()
        assert await open_ward.heard(socket) == []


async def test_a_hello_costs_one_statement_for_alerts_and_as_many_for_thirty_as_for_three(open_ward: Listening) -> None:
    shift, people = open_ward.shift, {open_ward.shift.cast.anna.staff_id}
    for bed in shift.cast.east.beds[1:3]:
        await shift.admit(bed)
    costs: dict[int, tuple[int, int]] = {}
    for alerts in (0, 3, 30):
        for _ in range(alerts):
            await shift.raise_one()
        await open_ward.sent()
        with open_ward.server.database.counted_statements() as ringing:
            await open_ward.server.hub.ears.on_people(people, people)
        await open_ward.round()
        with open_ward.server.database.counted_statements() as again:
            await open_ward.server.hub.ears.on_people(people, set())
        costs[alerts] = (len(ringing), len(again))
        await shift.database.pool.execute("update alert set next_at = null, state = 'resolved'")
        await shift.database.pool.execute("delete from notice_sound")
    assert costs[0] == (1, 1)
    assert costs[3] == costs[30], costs
