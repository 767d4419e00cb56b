"""A real server process for browser tests: started, killed and started again at the same address."""

import asyncio
import json
import multiprocessing
import os
import socket
import sys
from multiprocessing.context import ForkServerProcess
from typing import Any

import httpx

from backend.__main__ import main
from backend.clock import SystemClock
from backend.commands.hospital import decoded, load_hospital
from backend.db import Database
from backend.settings import PROJECT_ROOT

READY_SECONDS = 40
# One process of each test run imports the server, and every server is a fork of it: the imports take longer than all
# the rest of a start. That the command starts from nothing is told in tests of commands.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["backend.app", __name__])


def serve(environment: dict[str, str]) -> None:
    """`python -m backend serve` in this process."""
    os.chdir(PROJECT_ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(main(["serve"]))


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`python -m backend serve` on a database of the test's own."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {**os.environ, **environment, "PORT": str(port)}
        self.running: ForkServerProcess | None = None

    async def load(self, hospital: dict[str, Any]) -> None:
        """Loads a hospital as the operator's command does, in this process: starting one takes longer."""
        database = Database(self.environment["DATABASE_URL"])
        await database.open()
        try:
            await load_hospital(database, decoded(json.dumps(hospital).encode()), SystemClock().now())
        finally:
            await database.close()

    async def start(self) -> None:
        """Returns when the server answers."""
        self.running = FORKS.Process(target=serve, args=(self.environment,))
        self.running.start()
        async with httpx.AsyncClient() as client:
            for _ in range(READY_SECONDS * 10):
                try:
                    if (await client.get(f"{self.url}/health/ready")).status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    pass
                assert self.running.is_alive(), "the server ended by itself"
                await asyncio.sleep(0.1)
        raise AssertionError("the server did not answer")

    def kill(self) -> None:
        """Ends it as a power cut does."""
        if self.running:
            self.running.kill()
            self.running.join()

    def stop(self) -> None:
        """Ends it as an operator does."""
        if self.running and self.running.is_alive():
            self.running.terminate()
            self.running.join(15)
            self.kill()
