"""docs/protocol.md is enough: a tablet written from that page alone pairs, pushes, pulls, listens and survives a reset."""

import ast
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
import uvicorn

from backend.access.actions import make_pairing_code, set_person
from backend.app import Ward as Server
from backend.clock import SteppedClock
from backend.db import unit_of_work
from backend.settings import Settings
from shared_schemas.staff import Grant, Role, StaffRow
from tests.cast import Cast, uid
from tests.protocol_client.client import Client, mac
from tests.sync.conftest import cast
from tests.sync.test_restore import Operate, operate
from tests.tablet import served

__all__ = ["cast", "operate"]
HERE = Path(__file__).parent
PIN = "482913"


@asynccontextmanager
async def listening(settings: Settings, clock: SteppedClock, port: int = 0) -> AsyncIterator[tuple[Server, int]]:
    """The server behind real HTTP and WebSockets, in this process."""
    async with served(settings, clock) as server:
        configuration = uvicorn.Config(
            server, port=port, lifespan="off", ws="websockets-sansio", log_level="error", access_log=False
        )
        web = uvicorn.Server(configuration)
        web.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        job = asyncio.create_task(web.serve())
        while not web.started:
            await asyncio.sleep(0.01)
        try:
            yield server, web.servers[0].sockets[0].getsockname()[1]
        finally:
            web.should_exit = True
            await job


@dataclass
class Paired:
    """The client on a tablet of East, with Nora signed in; one patient."""

    client: Client
    nora: str
    stay_id: str
    feed: str

    def vital_signs(self, pulse: int) -> dict[str, Any]:
        return {"stay_id": self.stay_id, "values": {"pulse_per_min": pulse, "systolic_mmhg": 120}}

    def chart(self, pulse: int) -> str:
        return self.client.save(self.nora, "vital_signs_charted", 1, self.vital_signs(pulse))

    def pulses(self) -> list[int]:
        rows = [row["row"] for (kind, _), row in self.client.rows[self.feed].items() if kind == "vital_signs"]
        return sorted(row["values"]["pulse_per_min"] for row in rows)


Meet = Callable[[Server, int], Awaitable[Paired]]


@pytest_asyncio.fixture
async def meet(cast: Cast) -> AsyncIterator[Meet]:
    """Pairs a client with a server at a port; its lines end with the test."""
    clients: list[Client] = []

    async def paired(server: Server, port: int) -> Paired:
        ward = await _paired(server, cast, port)
        clients.append(ward.client)
        return ward

    yield paired
    for client in clients:
        await client.http.aclose()


async def _paired(server: Server, cast: Cast, port: int) -> Paired:
    unit_id, nora = cast.east.unit_id, uid()
    async with unit_of_work(server.database, server.clock.now()) as work:
        code = await make_pairing_code(work, unit_id)
        grants = [Grant(unit_id=unit_id, role=Role.WARD_NURSE)]
        person = StaffRow(staff_id=nora, name="Nora", lang="en", ui_lang="en", grants=grants)
        await set_person(work, person, PIN, server.clock.now())
    client = Client(f"http://127.0.0.1:{port}", lambda: server.clock.now().timestamp())
    await client.pair(code, "by the page")
    await client.log_in(nora, PIN)
    made = Paired(client, nora, uid(), f"unit:{unit_id}")
    patient = {"name": "Ida Berg", "lang": "en", "sex": "female", "born_on": "1950-02-03", "identifier": "905 1"}
    client.save(nora, "duty_started", 1, {"unit_id": unit_id, "post": "nurse", "bed_ids": []})
    client.save(
        nora, "patient_admitted", 1,
        {"stay_id": made.stay_id, "patient_id": uid(), "unit_id": unit_id, "patient": patient},
    )  # fmt: skip
    assert await client.push()
    assert client.held == {}
    return made


def test_the_mac_of_the_page_is_the_one_that_the_client_makes() -> None:
    page = (HERE.parents[1] / "docs" / "protocol.md").read_text()
    lines = page.split("line is `depends_on`; no line break at the end):\n```\n")[1].split("\n```")[0].split("\n")
    names = ("entry_id", "device_id", "n", "type", "v", "session_id", "recorded_at", "", "body")
    entry = {name: line for name, line in zip(names, lines, strict=True) if name}
    made = mac("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", entry)
    assert f"is `{made}`" in page


async def test_the_client_pulls_listens_and_comes_to_the_sum_of_the_server(
    meet: Meet, settings: Settings, clock: SteppedClock
) -> None:
    async with listening(settings, clock) as (server, port):
        ward = await meet(server, port)
        client, feed = ward.client, ward.feed
        ward.chart(71)
        assert await client.push()
        for name in (feed, "reference", f"user:{ward.nora}"):
            await client.pull(name)
        assert ward.pulses() == [71]
        async with client.live() as frames:
            told = {}
            async for frame in frames:
                told[frame["frame"], frame["feed"]] = frame
                if ("upto", feed) in told and len(told) >= 3:
                    break
            ward.chart(72)
            assert await client.push()
            async for frame in frames:
                if frame["frame"] == "delta" and ward.pulses() == [71, 72]:
                    break
        changes = {"feed": feed, "epoch": client.epoch, "after": client.cursors[feed][1]}
        reply = await client.http.get("/api/sync/changes", params=changes)
        assert reply.json()["changes"] == []
        async with client.live() as frames:
            async for frame in frames:
                if frame.get("feed") == feed and frame["frame"] == "upto":
                    assert (frame["head"], frame["sum"]) == (client.cursors[feed][1], client.sum(feed))
                    break


async def test_the_client_hears_on_after_a_reset_in_mid_connection_without_another_hello(
    meet: Meet, settings: Settings, clock: SteppedClock, operate: Operate
) -> None:
    async with listening(settings, clock) as (server, port):
        ward = await meet(server, port)
        client, feed = ward.client, ward.feed
        await client.pull(feed)
        async with client.live() as frames:
            assert (await anext(frames))["frame"] == "upto"
            before = client.cursors[feed][0]
            assert await operate("restored") == 0
            ward.chart(71)
            await client.push()
            while (await anext(frames))["frame"] != "reset":
                pass
            assert client.cursors[feed][0] != before
            assert ward.pulses() == [71]
            ward.chart(72)
            assert await client.push()
            async for frame in frames:
                if frame["frame"] == "delta" and ward.pulses() == [71, 72]:
                    break


async def test_the_client_survives_a_restore_and_brings_the_ward_back(
    cast: Cast, meet: Meet, settings: Settings, clock: SteppedClock, operate: Operate, tmp_path: Path
) -> None:
    async with listening(settings, clock) as (server, port):
        ward = await meet(server, port)
        assert await operate("backup", tmp_path / "ward.dump") == 0
        for pulse in (73, 74):
            ward.chart(pulse)
        assert await ward.client.push()
        await ward.client.pull(ward.feed)
        before = ward.client.epoch
    await cast.database.close()
    assert await operate("restore", tmp_path / "ward.dump") == 0
    await cast.database.open()
    async with listening(settings, clock, port):
        client = ward.client
        async with client.live() as frames:
            async for frame in frames:
                if frame["frame"] == "reset":
                    break
            assert client.epoch != before
            assert [entry["type"] for entry in client.outbox][-2:] == ["vital_signs_charted"] * 2
            assert await client.push()
        await client.pull(ward.feed)
        assert (ward.pulses(), client.held, client.outbox) == ([73, 74], {}, [])
        incidents = [row for (kind, _), row in client.rows[ward.feed].items() if kind == "loss_incident"]
        assert incidents == []


async def test_a_client_that_was_paired_anew_sends_its_own_missing_numbers_and_not_those_of_the_tablet_that_it_was(
    cast: Cast, meet: Meet, settings: Settings, clock: SteppedClock
) -> None:
    async with listening(settings, clock) as (server, port):
        ward = await meet(server, port)
        client, before = ward.client, ward.client.device_id
        async with unit_of_work(server.database, server.clock.now()) as work:
            code = await make_pairing_code(work, cast.east.unit_id)
        await client.pair(code, "by the page, anew")
        await client.log_in(ward.nora, PIN)
        ward.chart(71)
        client.sent.append((client.server_s, client.outbox.pop()))  # a server that went back in time has lost it
        ward.chart(72)
        asked: list[set[str]] = []

        async def note(request: httpx.Request) -> None:
            asked.append({entry["device_id"] for entry in json.loads(request.content)["entries"]})

        client.http.event_hooks["request"].append(note)
        async with asyncio.timeout(10):
            assert await client.push()
        assert (asked, client.device_id != before) == ([{client.device_id}] * 2, True)
        assert {entry["device_id"] for _, entry in client.sent} == {before, client.device_id}
        client.http.event_hooks["request"].remove(note)
        await client.pull(ward.feed)
        assert ward.pulses() == [71, 72]


async def test_the_client_finds_a_poison_entry_and_keeps_everything_on_other_refusals(
    meet: Meet, settings: Settings, clock: SteppedClock
) -> None:
    async with listening(settings, clock) as (server, port):
        ward = await meet(server, port)
        client = ward.client
        ward.chart(75)
        poison = client.save(ward.nora, "note_written", 1, {"stay_id": ward.stay_id, "note": "x" * 300_000})
        ward.chart(76)
        assert await client.push()
        assert {key: verdict["reason"] for key, verdict in client.held.items()} == {poison: "not_taken"}
        await client.pull(ward.feed)
        assert ward.pulses() == [75, 76]
        ward.chart(77)
        client.http.headers["authorization"] = "Bearer unknown"
        assert not await client.push()
        assert len(client.outbox) == 1
        client.http.headers["authorization"] = f"Bearer {client.token}"
        await server.database.close()
        assert not await client.push()
        assert (len(client.outbox), client.attempt) == (1, 2)
        await server.database.open()
        assert await client.push()


def test_the_client_is_short_and_knows_nothing_of_ours() -> None:
    own = [path for path in HERE.glob("*.py") if not path.name.startswith("test_")]
    assert sum(len(path.read_text().splitlines()) for path in own) < 200
    allowed = set(sys.stdlib_module_names) | {"httpx", "websockets"}
    for path in own:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed
