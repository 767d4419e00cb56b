"""A real server process with light tablets on it: stuck ones, a storm, and a server that ends while they work."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from backend.clock import SystemClock
from backend.commands.serve import KERNEL_BUFFER
from backend.postgres import EmbeddedPostgres
from backend.sync.hub import RING_CHARACTERS
from tests.browser.server import Server, free_port
from ward_sim.load.gauge import Gauge
from ward_sim.load.ledger import Ledger
from ward_sim.load.light import LightTablet
from ward_sim.load.proof import proven
from ward_sim.load.run import MADE_AT_MS, SCENES, Wanted, load
from ward_sim.load.scenes import Scenes
from ward_sim.load.wards import LoadedWard, add_tablets, hospital_of, opened
from ward_sim.loading import hospital_file

KILLS = int(os.environ.get("WARD_KILLS", "1"))  # 1 here, 100 in `make soak`
RESTART, NOBODY_ANSWERED = 1012, 0
PATIENCE_S = 60
KERNEL_BUFFERS = 4 * KERNEL_BUFFER  # Linux doubles what it is asked for; and what a process holds itself


@dataclass
class Crowd:
    """A server, a full ward, and its tablets."""

    server: Server
    scenes: Scenes
    address: tuple[str, int]

    @property
    def ledger(self) -> Ledger:
        return self.scenes.ledger

    @property
    def ward(self) -> LoadedWard:
        return self.scenes.wards[0]

    async def followed_by(self, tablets: int) -> list[LightTablet]:
        """So many tablets that follow the ward live."""
        await add_tablets(self.scenes.wards, self.address, tablets, self.ledger)
        await self.scenes.first_sync(self.ward.tablets)
        assert self.ledger.wrong == []
        return self.ward.tablets

    @asynccontextmanager
    async def charting_on(self, tablets: list[LightTablet]) -> AsyncIterator[None]:
        """They chart one push after the other, whatever the server does, until the block ends and all is sent."""
        going = True

        async def chart(tablet: LightTablet) -> None:
            while going:
                self.ward.save(tablet)
                await tablet.flush()

        charting = asyncio.gather(*(chart(tablet) for tablet in tablets))
        yield
        going = False
        await asyncio.wait_for(charting, PATIENCE_S)

    async def is_whole(self) -> bool:
        """All tablets are at their heads, and every acknowledged entry is there once."""
        assert await self.scenes.settle() == []
        checked, wrong = await proven(self.scenes.wards, self.ledger)
        assert [*self.ledger.wrong, *wrong] == []
        return checked["acknowledged"] > 0


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.fixture
async def crowd(
    postgres: EmbeddedPostgres, database_name: str, ward_home: Path, tmp_path: Path
) -> AsyncIterator[Crowd]:
    environment = {
        "WARDLIGHT_HOME": str(ward_home),
        "DATABASE_URL": postgres.url("wardlight_app", database_name),
        "WARDLIGHT_SECRET": "5e" * 32,
        "WARDLIGHT_VAPID_PRIVATE_KEY": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",  # RFC 8291, appendix A
    }
    hospital = hospital_of(1, 1, MADE_AT_MS)
    hospital_file(hospital, tmp_path / "hospital.json")
    server = Server(environment, free_port())
    await server.load(json.loads((tmp_path / "hospital.json").read_text()))
    await server.start()
    ledger = Ledger(hospital.chance, lambda: round(SystemClock().now().timestamp() * 1000))
    address = ("127.0.0.1", server.port)
    try:
        scenes = Scenes(await opened(hospital, address, 0, ledger), ledger, Gauge(0), seed=1)
        yield Crowd(server, scenes, address)
        await asyncio.gather(*(tablet.close() for tablet in scenes.tablets))
    finally:
        server.stop()


async def chart_much(crowd: Crowd, writer: LightTablet, characters: int, listeners: int) -> None:
    """Batches until those who listen have heard so much each."""
    crowd.ledger.characters = 0
    while crowd.ledger.characters < characters * listeners:
        crowd.ward.save(writer, 100)
        await writer.flush()


async def test_a_stuck_socket_delays_no_other_and_misses_nothing_when_it_reads_on(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ward_sim.load.socket.OFFER", "")  # packed frames would fit into the kernel's buffers
    writer, other, stuck, *_ = await crowd.followed_by(3)
    [feed] = [feed for feed in writer.feeds if feed.startswith("unit:")]
    assert stuck.socket is not None
    stuck.socket.stop_reading()
    before = stuck.cursors[feed]
    # More than the kernel's buffers and the ring hold: the server can neither send it nor keep it for the stuck one.
    await chart_much(crowd, writer, RING_CHARACTERS + KERNEL_BUFFERS, listeners=2)
    crowd.ward.save(writer)
    await writer.flush()
    head = crowd.ledger.books[feed]
    await until(lambda: writer.cursors[feed] == other.cursors[feed] == (head.epoch, head.seq))
    assert stuck.cursors[feed] == before, "the others were not delayed by one that took nothing"
    pages = crowd.ledger.pages
    stuck.socket.read_on()
    await until(lambda: stuck.cursors[feed] == other.cursors[feed])
    assert crowd.ledger.pages > pages, "the ring no longer reached back: it was told the head, and read pages"
    assert await crowd.is_whole()


async def test_a_storm_of_tablets_that_come_back_at_once_ends(crowd: Crowd) -> None:
    tablets = await crowd.followed_by(40)
    storm = await crowd.scenes.storm()
    assert storm["refused_by_status"] == {}
    assert all(tablet.in_sync.is_set() and not tablet.outbox for tablet in tablets)
    assert await crowd.is_whole()


async def test_a_server_that_is_stopped_under_load_finishes_what_it_began_and_tells_its_tablets_to_come_back(
    crowd: Crowd,
) -> None:
    tablets = await crowd.followed_by(8)
    running = crowd.server.running
    assert running is not None
    async with crowd.charting_on(tablets[:4]):
        await until(lambda: len(crowd.ledger.pushes.seconds) > 20)
        running.terminate()
        await asyncio.to_thread(running.join, PATIENCE_S)
        assert running.exitcode == 0
        assert crowd.ledger.closed == {RESTART: len(tablets)}
        await crowd.server.start()
        await until(lambda: all(tablet.in_sync.is_set() for tablet in tablets))
    assert set(crowd.ledger.refused) <= {NOBODY_ANSWERED}
    assert crowd.ledger.repeated == 0, "what was taken was answered"
    assert await crowd.is_whole()


async def test_a_server_that_is_killed_in_mid_request_loses_and_doubles_nothing_that_it_acknowledged(
    crowd: Crowd,
) -> None:
    tablets = await crowd.followed_by(6)
    async with crowd.charting_on(tablets):
        for kill in count(1):
            known = len(crowd.ledger.acknowledged)
            await until(lambda known=known: len(crowd.ledger.acknowledged) > known + 3 * len(tablets))
            crowd.server.kill()
            if kill == KILLS:
                break
            await crowd.server.start()
        await crowd.server.start()
        await until(lambda: all(tablet.in_sync.is_set() for tablet in tablets))
    assert set(crowd.ledger.refused) <= {NOBODY_ANSWERED}
    assert await crowd.is_whole()


async def test_the_load_plays_its_scenes_on_a_running_server_and_finds_nothing_wrong(crowd: Crowd) -> None:
    wanted = Wanted(seed=1, units=1, tablets=6, seconds=0.5, scenes=SCENES, url=crowd.server.url)
    report, is_wrong = await load(wanted)
    assert (report["wrong"], is_wrong) == ([], False)
    assert report["proof"]["acknowledged"] > 0
    assert {"first-sync", "steady", "hot-unit", "all-units", "storm", "stuck"} <= report.keys()


async def test_the_proof_sees_an_entry_that_was_acknowledged_and_is_not_there(crowd: Crowd) -> None:
    [tablet] = await crowd.followed_by(1)
    crowd.ward.save(tablet)
    crowd.ledger.acknowledged.append((tablet, tablet.outbox.popleft()))
    _, wrong = await proven(crowd.scenes.wards, crowd.ledger)
    assert "1 acknowledged entries were not known when they came again" in wrong


async def test_a_light_tablet_passes_over_the_same_of_a_hello_before_its_last(crowd: Crowd) -> None:
    [tablet] = await crowd.followed_by(1)
    await until(tablet.in_sync.is_set)
    tablet.in_sync.clear()
    tablet.hello()
    tablet.cursors = dict(reversed(tablet.cursors.items()))
    tablet.hello()
    await until(tablet.in_sync.is_set)
    assert [book.wrong for book in crowd.ledger.books.values()] == [[]] * len(tablet.feeds)
    assert crowd.ledger.closed == {}
