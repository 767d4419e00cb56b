"""A real server process for browser tests: started, killed and started again at the same address."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from typing import Any

import httpx

from backend.clock import SystemClock
from backend.commands.hospital import decoded, load_hospital
from backend.db import Database
from backend.settings import PROJECT_ROOT

READY_SECONDS = 40


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
        self.running: subprocess.Popen[bytes] | None = None

    async def load(self, hospital: dict[str, Any]) -> None:
        """Loads a hospital as the operator's command does, in this process: starting one takes longer."""
        database = Database(self.environment["DATABASE_URL"])
        await database.open()
        try:
            await load_hospital(database, decoded(json.dumps(hospital).encode()), SystemClock().now())
        finally:
            await database.close()

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "backend", "serve"], cwd=PROJECT_ROOT, env=self.environment)

    async def start(self) -> None:
        """Returns when the server answers."""
        self.running = self._spawn()
        async with httpx.AsyncClient() as client:
            for _ in range(READY_SECONDS * 10):
                try:
                    if (await client.get(f"{self.url}/health/ready")).status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    pass
                assert self.running.poll() is None, "the server ended by itself"
                await asyncio.sleep(0.1)
        raise AssertionError("the server did not answer")

    def kill(self) -> None:
        """Ends it as a power cut does."""
        if self.running:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()

    def stop(self) -> None:
        """Ends it as an operator does."""
        if self.running and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
