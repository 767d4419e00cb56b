"""A server that is stopped, and one that is killed, on its own PostgreSQL."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.places import reachable_folder
from tests.tidy import ROOT


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder(in_memory=False) as folder:
        yield folder


STARTED: list[asyncio.subprocess.Process] = []


@pytest.fixture(autouse=True)
async def _nothing_keeps_running() -> AsyncIterator[None]:
    yield
    while STARTED:
        server = STARTED.pop()
        if server.returncode is None:
            server.kill()
            await server.wait()


async def served(home: Path) -> tuple[asyncio.subprocess.Process, str]:
    """A server on a free port, and its address."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend", "serve", "--port", "0"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "WARDLIGHT_HOME": str(home)},
        stdout=asyncio.subprocess.PIPE,
    )
    STARTED.append(server)
    assert server.stdout
    said = (await asyncio.wait_for(server.stdout.readline(), 60)).decode()
    assert said.startswith("Wardlight is at http://127.0.0.1:"), said
    return server, said.split()[-1]


async def is_ready(address: str) -> bool:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{address}/health/ready")).status_code == 200


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_a_stopped_server_ends_with_its_postgresql_and_exit_code_zero(ending: signal.Signals, home: Path) -> None:
    server, address = await served(home)
    assert await is_ready(address)
    sockets = Path((home / "postgres.sockets").read_text())
    server.send_signal(ending)
    assert await asyncio.wait_for(server.wait(), 30) == 0
    assert not sockets.exists()


async def test_a_killed_server_starts_again_at_once_in_the_same_home(home: Path) -> None:
    for _ in range(3):
        server, address = await served(home)
        assert await is_ready(address)
        server.send_signal(signal.SIGKILL)
        await server.wait()
    server, address = await served(home)
    assert await is_ready(address)
    server.send_signal(signal.SIGTERM)
    await server.wait()
