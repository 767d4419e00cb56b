"""What one tablet writes, another hears at once, densely, and only if it may."""

import asyncio
from time import perf_counter

import pytest

from backend.access.actions import revoke_device
from backend.clock import SteppedClock
from backend.db import unit_of_work
from backend.settings import Settings
from backend.sync.deliver import POLL_S
from tests.cast import uid
from tests.sync.conftest import Scene
from tests.tablet import Tablet, served


async def listener(scene: Scene) -> Tablet:
    other = await Tablet.paired(scene.server, scene.cast.east.unit_id)
    await other.pull()
    return other


async def test_a_change_reaches_an_open_socket_within_milliseconds(scene: Scene) -> None:
    fresh = await Tablet.paired(scene.server, scene.cast.east.unit_id)
    other = await listener(scene)
    feed = f"unit:{other.unit_id}"
    async with other.live() as socket:
        await socket.next("upto")
        waits = []
        for turn in range(20):
            began = perf_counter()
            await scene.tablet.say(scene.anna, scene.note(f"note {turn}"))
            delta = await socket.next("delta")
            waits.append(perf_counter() - began)
            assert (delta["feed"], delta["epoch"]) == (feed, other.cursors[feed][0])
            other.apply(feed, delta["changes"])
    assert sorted(waits)[10] < 0.1
    [stay] = other.rows("stay")
    assert stay.note == "note 19"
    await fresh.pull()
    assert other.kept[feed] == fresh.kept[feed]


async def test_another_process_is_rung_and_need_not_look_itself(
    scene: Scene, settings: Settings, clock: SteppedClock
) -> None:
    async with served(settings, clock) as second:
        scene.server.doorbell.start()
        second.doorbell.start()
        other = await Tablet.paired(second, scene.cast.east.unit_id)
        await other.pull()
        async with other.live() as socket:
            await socket.next("upto")
            waits = []
            for turn in range(5):
                began = perf_counter()
                await scene.tablet.say(scene.anna, scene.note(f"note {turn}"))
                await socket.next("delta")
                waits.append(perf_counter() - began)
    assert sorted(waits)[2] < POLL_S / 3  # one that looks itself comes right after a look, and waits for the next


async def test_an_alert_that_another_process_sends_rings_the_tablet_that_is_connected_here(
    scene: Scene, settings: Settings, clock: SteppedClock
) -> None:
    async with served(settings, clock) as second:
        for server in (scene.server, second):
            server.doorbell.start()
        async with scene.tablet.live() as socket:
            while second.doorbell._others_until < asyncio.get_running_loop().time():
                await asyncio.sleep(POLL_S / 10)
            alert_id = uid()
            assert second.hub.ring(alert_id, uid(), scene.anna, "ring") == []
            ring = await socket.next("ring", within_s=10)
            assert (ring["alert_id"], ring["staff_id"], ring["sound"]) == (alert_id, scene.anna, "ring")
            with pytest.raises(TimeoutError):
                await socket.next("ring", within_s=0.2)  # once, and it does not come back as an echo


async def test_a_socket_that_comes_back_gets_what_it_missed_and_the_sum(scene: Scene) -> None:
    other = await listener(scene)
    feed = f"unit:{other.unit_id}"
    for turn in range(3):
        await scene.tablet.say(scene.anna, scene.note(f"note {turn}"))
    async with other.live() as socket:
        delta = await socket.next("delta")
        other.apply(feed, delta["changes"])
        upto = await socket.next("upto")
        while upto["feed"] != feed:
            upto = await socket.next("upto")
    assert (upto["head"], upto["sum"]) == (other.cursors[feed][1], other.checksum(feed))


async def test_a_cursor_of_another_epoch_is_reset(scene: Scene) -> None:
    other = await listener(scene)
    feed = f"unit:{other.unit_id}"
    other.cursors = {feed: ("", 0)}
    async with other.live() as socket:
        reset = await socket.next("reset")
    assert reset["feed"] == feed
    asked = {"feed": feed, "epoch": "another", "after": 0}
    assert (await other.http.get("/api/sync/changes", params=asked)).status_code == 410
    asked = {"feed": feed, "epoch": reset["epoch"], "after": 10_000}
    assert (await other.http.get("/api/sync/changes", params=asked)).status_code == 410


async def test_a_feed_of_another_unit_is_heard_by_nobody_here(scene: Scene) -> None:
    west = f"unit:{scene.cast.west.unit_id}"
    scene.tablet.cursors = {west: ("", 0)}
    async with scene.tablet.live() as socket:
        with pytest.raises(TimeoutError):
            await socket.next("reset", within_s=0.3)
    for door in (f"/api/sync/snapshot/{west}", f"/api/sync/changes?feed={west}&epoch=x&after=0"):
        assert (await scene.tablet.http.get(door)).status_code == 403


async def test_an_alert_rings_on_the_tablets_of_the_person_and_on_no_other(scene: Scene) -> None:
    other = await listener(scene)
    async with scene.tablet.live() as socket, other.live() as silent:
        await silent.next("upto")
        await asyncio.sleep(0.05)
        reached = scene.server.hub.ring(uid(), uid(), scene.anna, "red")
        assert reached == [scene.tablet.device_id]
        assert (await socket.next("ring"))["staff_id"] == scene.anna
        with pytest.raises(TimeoutError):
            await silent.next("ring", within_s=0.1)
    assert scene.server.hub.ring(uid(), uid(), scene.anna, "red") == []


async def test_a_revoked_tablets_socket_ends(scene: Scene) -> None:
    async with scene.tablet.live() as socket:
        await asyncio.sleep(0.05)
        async with unit_of_work(scene.server.database, scene.tablet.now) as work:
            await revoke_device(work, scene.tablet.device_id)
        await scene.server.hub.look_up_people()
        assert (await socket.next("closed"))["code"] == 4401
    async with scene.tablet.live() as socket:
        assert socket.closed_with == 4401


@pytest.mark.parametrize("text", ["{", "[]", '{"frame":"hello"}', '{"frame":"tea"}', "x" * 100_000])
async def test_a_bad_frame_ends_the_socket(scene: Scene, text: str) -> None:
    async with scene.tablet.live() as socket:
        await socket.say(text)
        assert (await socket.next("closed"))["code"] == 4400


async def test_a_page_of_another_site_opens_no_socket_and_posts_nothing(scene: Scene) -> None:
    async with scene.tablet.live(origin="https://evil.example") as socket:
        assert socket.closed_with == 4403
    for foreign in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        reply = await scene.tablet.post(b'{"outbox_depth":0,"max_n":0,"entries":[]}', **foreign)
        assert reply.status_code == 403
    own = await scene.tablet.post(b'{"outbox_depth":0,"max_n":0,"entries":[]}', origin="http://127.0.0.1:8000")
    assert own.status_code == 200


async def test_a_slow_socket_is_told_the_head_when_the_ring_no_longer_reaches_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.sync.hub.RING_CHARACTERS", 1)
    other = await listener(scene)
    feed = f"unit:{other.unit_id}"
    hub = scene.server.hub
    async with other.live() as socket:
        await socket.next("upto")
        await asyncio.sleep(0.05)
        [stuck] = hub.sockets
        before = stuck.cursors[feed]
        for turn in range(3):
            await scene.tablet.say(scene.anna, scene.note(f"note {turn}"))
        stuck.cursors[feed] = before
        [frame] = await hub.due_frames(stuck)
    assert '"frame":"upto"' in frame
    assert '"sum":""' not in frame
    assert hub.rings[feed].head == stuck.cursors[feed]


async def test_of_two_hellos_under_way_the_last_alone_is_answered_by_same(scene: Scene) -> None:
    await scene.tablet.pull()
    feed = f"unit:{scene.tablet.unit_id}"
    async with scene.tablet.live() as socket:
        socket.cursors = {feed: scene.tablet.cursors[feed]}
        await socket.hello()
        upto = await socket.next("upto")
        assert (upto["feed"], upto["sum"]) == (feed, scene.tablet.checksum(feed))
        assert socket.frames.empty()
