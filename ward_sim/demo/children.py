"""The server as a child process, and the operator's commands before it."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import httpx

_STARTS_WITHIN_S = 60
_STOPS_WITHIN_S = 20


class DemoRefused(Exception):
    """The demo can not start or go on; the text is one plain sentence."""


def check_port(host: str, port: int) -> None:
    """Refuse a taken port before anything is built up."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DemoRefused(f"Port {port} is taken; set PORT to another one.") from error


def free_port(host: str) -> int:
    """Return a port that nobody has now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


async def operate(home: Path, *words: str) -> str:
    """Run one of the server's commands and return what it printed; its own sentence when it refuses."""
    environment = {**os.environ, "WARDLIGHT_HOME": str(home)}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "backend",
        *words,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    if child.returncode:
        raise DemoRefused(_last_line(err.decode()) or f"`backend {words[0]}` failed.")
    return out.decode()


class Server:
    """`python -m backend serve` as a child in its own session, so that Ctrl-C reaches it once and from here."""

    def __init__(self, home: Path, base_url: str) -> None:
        self.home = home
        self.base_url = base_url
        self.log = home / "serve.log"
        self.child: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Server":  # noqa: PYI034
        """Start it and wait until it answers."""
        environment = {**os.environ, "WARDLIGHT_HOME": str(self.home)}
        with self.log.open("wb") as log:
            self.child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "backend",
                "serve",
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            await asyncio.wait_for(self._answers(), _STARTS_WITHIN_S)
        except BaseException as error:
            await self.stop()
            if isinstance(error, TimeoutError):
                text = f"The server did not answer within {_STARTS_WITHIN_S} s; see {self.log}."
                raise DemoRefused(text) from error
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it, and PostgreSQL with it."""
        await self.stop()

    async def _answers(self) -> None:
        async with httpx.AsyncClient(timeout=2) as client:
            while True:
                self.check()
                try:
                    await client.get(f"{self.base_url}/api/devices/me")
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)
                else:
                    return

    def check(self) -> None:
        """Say plainly when the server has ended."""
        if self.child is not None and self.child.returncode is not None:
            last = _last_line(self.log.read_text(errors="replace"))
            raise DemoRefused(last or f"The server has ended; see {self.log}.")

    async def watch(self) -> None:
        """Never return; raise when the server has ended."""
        while True:
            self.check()
            await asyncio.sleep(1)

    async def stop(self) -> None:
        """Ask it to end; insist after a while."""
        if self.child is None or self.child.returncode is not None:
            return
        self.child.terminate()
        try:
            await asyncio.wait_for(self.child.wait(), _STOPS_WITHIN_S)
        except TimeoutError:
            self.child.kill()
            await self.child.wait()


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
