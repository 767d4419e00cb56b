"""A thousand sockets cost the database what a few cost; pings are spread; the silent and the stuck end."""

import asyncio
import sys
from contextlib import AsyncExitStack

import pytest

from backend.sync.hub.pulse import HELLO_S, PING_S, SILENT_PINGS, Pulse
from backend.sync.hub.sockets import Socket
from backend.sync.hub.together import Together
from tests.cast import uid
from tests.live_socket import LiveSocket
from tests.sync.conftest import Scene
from tests.tablet import Tablet


async def statements_of_a_storm(scene: Scene, tablets: list[Tablet]) -> int:
    """All come back at once, each with something to catch up; how many statements it takes until all know their head."""
    async with AsyncExitStack() as stack:
        with scene.server.database.counted_statements() as statements:
            sockets = await asyncio.gather(*(stack.enter_async_context(tablet.live()) for tablet in tablets))
            await asyncio.gather(*(socket.next("upto") for socket in sockets))
            await asyncio.gather(*(until_welcomed(scene, tablet) for tablet in tablets))
        return len(statements)


async def until_welcomed(scene: Scene, tablet: Tablet) -> None:
    for _ in range(500):
        if any(each.hellos and each.device_id == tablet.device_id for each in scene.server.hub.sockets):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never greeted")


async def test_thirty_tablets_that_come_back_at_once_cost_the_statements_of_three(scene: Scene) -> None:
    tablets = [await Tablet.paired(scene.server, scene.cast.east.unit_id) for _ in range(30)]
    for tablet in tablets:
        await tablet.pull()
    await scene.tablet.say(scene.anna, scene.note("while they were away"))
    few = await statements_of_a_storm(scene, tablets[:3])
    await scene.tablet.say(scene.anna, scene.note("and again"))
    many = await statements_of_a_storm(scene, tablets)
    assert many <= few + 10, "a round more here and there, and not ten times as many"


async def test_who_is_signed_in_where_is_one_statement_for_all_sockets(scene: Scene) -> None:
    tablets = [await Tablet.paired(scene.server, scene.cast.east.unit_id) for _ in range(8)]
    async with AsyncExitStack() as stack:
        for tablet in tablets:
            await stack.enter_async_context(tablet.live())
            await until_welcomed(scene, tablet)
        with scene.server.database.counted_statements() as statements:
            await scene.server.hub.look_up_people()
    assert len(statements) == 1


async def test_questions_of_one_moment_are_asked_once_and_a_failure_reaches_all_who_asked() -> None:
    asked: list[list[int]] = []

    async def ask(keys: list[int]) -> dict[int, int]:
        asked.append(keys)
        await asyncio.sleep(0)
        if 13 in keys:
            raise LookupError("13")
        return {key: key * key for key in keys if key != 4}

    together = Together(ask)
    first, second, third = await asyncio.gather(together.of([1, 2]), together.of([2, 3]), together.of([4]))
    assert (first, second, third) == ({1: 1, 2: 4}, {2: 4, 3: 9}, {})
    assert sorted(asked[0]) == [1, 2, 3, 4]
    failed = await asyncio.gather(together.of([13]), together.of([5]), return_exceptions=True)
    assert all(isinstance(error, LookupError) for error in failed)
    left = asyncio.create_task(together.of([7]))
    await asyncio.sleep(0)
    left.cancel()
    assert await together.of([6]) == {6: 36}, "whoever leaves takes nobody along"


@pytest.fixture
def pulse(scene: Scene) -> Pulse:
    return Pulse(scene.server.hub)


def open_socket(scene: Scene, opened_at: float, device_id: str | None = None) -> Socket:
    socket = Socket(device_id or uid(), set(), set(), opened_at=opened_at, hellos=1)
    scene.server.hub.sockets.add(socket)
    return socket


async def test_a_feed_that_is_lost_while_a_hello_is_answered_is_neither_sent_nor_followed(scene: Scene) -> None:
    await scene.tablet.pull()
    hers, unit = f"user:{scene.anna}", f"unit:{scene.tablet.unit_id}"
    socket = open_socket(scene, 0.0)
    socket.sign_in([scene.anna], [hers, unit])
    cursors = {feed: scene.tablet.cursors[feed] for feed in (hers, unit)}
    answering = asyncio.create_task(scene.server.hub.subscribe(socket, cursors))
    await asyncio.sleep(0)
    socket.sign_in([], [unit])
    await answering
    assert set(socket.cursors) == {unit}
    assert [unit in frame and hers not in frame for frame in socket.extra] == [True]


async def test_sockets_that_came_at_once_are_pinged_over_time(scene: Scene, pulse: Pulse) -> None:
    sockets = [open_socket(scene, 100.0) for _ in range(400)]
    pinged = []
    for beat in range(int(HELLO_S + PING_S) + 2):
        before = sum(bool(socket.extra) for socket in sockets)
        await pulse.beat(100.0 + beat)
        pinged.append(sum(bool(socket.extra) for socket in sockets) - before)
    assert sum(pinged) == len(sockets)
    assert max(pinged) < len(sockets) / 4, "spread, and not in one burst"


async def test_a_socket_that_answers_no_two_pings_ends_also_while_a_frame_waits_for_it(
    scene: Scene, pulse: Pulse
) -> None:
    silent = open_socket(scene, 0.0)
    silent.awake.clear()
    for ping in range(SILENT_PINGS + 1):
        assert not silent.over.done()
        await pulse.beat(HELLO_S + PING_S * (ping + 1))
    assert silent.over.done()
    assert silent.ended == "silent"


async def test_a_socket_that_never_says_hello_ends(scene: Scene, pulse: Pulse) -> None:
    mute = open_socket(scene, 0.0)
    mute.hellos = 0
    await pulse.beat(HELLO_S)
    assert not mute.ended
    await pulse.beat(HELLO_S + 1)
    assert mute.ended == "silent"


async def test_a_ping_comes_with_the_sum_of_each_feed_behind_the_frames_that_are_due(
    scene: Scene, pulse: Pulse
) -> None:
    async with scene.tablet.live() as live:
        await scene.tablet.pull()
        [socket] = await _greeted(scene)
        feed = f"unit:{scene.tablet.unit_id}"
        await live.hello()
        await live.next("upto")
        socket.ping_at = 1.0
        await pulse.beat(2.0)
        assert (await live.next("ping"))["frame"] == "ping"
        while (upto := await live.next("upto"))["feed"] != feed:
            pass
    assert upto["sum"]


async def _greeted(scene: Scene) -> list[Socket]:
    await until_welcomed(scene, scene.tablet)
    return list(scene.server.hub.sockets)


class StuckSocket(LiveSocket):
    """A tablet that takes nothing any more."""

    async def _take(self, message: object) -> None:
        await super()._take(message)
        if isinstance(message, dict) and message["type"] != "websocket.accept":
            await asyncio.Event().wait()


async def test_the_server_lets_go_of_a_tablet_that_does_not_even_take_the_close(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["backend.sync.routes.live"], "CLOSE_S", 0.05)
    await scene.tablet.pull()
    socket = StuckSocket(scene.server, scene.tablet.token, scene.tablet.cursors, {})
    await socket.open()
    await socket.next("upto")
    scene.server.hub.end(scene.tablet.device_id, "silent")
    assert socket._job is not None
    await asyncio.wait_for(socket._job, 5)
    assert scene.server.hub.sockets == set()
