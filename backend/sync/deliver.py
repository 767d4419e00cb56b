"""Frames on their way: to one open socket, and the doorbell that tells the other processes."""

import asyncio
from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import Any

import asyncpg
import msgspec
import structlog

from backend.changes.actions import begin_epoch
from backend.db import Connection, unit_of_work
from backend.errors import WardError
from backend.sync.hub import Hub
from backend.sync.hub.sockets import Socket
from shared_schemas.wire import Ring

log = structlog.get_logger("live")
CHANNEL = "wardlight_feed"
POLL_S = 1.0
PEOPLE_POLLS = 5  # who is signed in, and which tablets are revoked, is looked up every so many polls
COALESCED_S = 0.005
RECONNECT_S = 0.5
FRAME = "{"  # a frame is JSON without spaces; no feed's name begins so
NOTICE_FEEDS = 60  # a notice holds at most 8,000 bytes
OTHERS_LAST_S = 3 * POLL_S  # one that was not heard of for so long has ended, or looks itself when it is back


async def send_frames(hub: Hub, socket: Socket, send: Callable[[str], Awaitable[None]]) -> None:
    """Send what is due as soon as it is due, until the socket ends. A stuck tablet stops here and delays no other."""
    while not socket.ended:
        await socket.awake.wait()
        socket.awake.clear()
        for text in await hub.due_frames(socket):
            await send(text)


class Doorbell:
    """One LISTEN connection a process. It rings with feeds, coalesced and outside of any writing transaction.

    Every process rings without feeds at each poll, and with feeds only while it has heard another one: a notice costs
    as much as a statement, and a process that has just begun reads everything anyway. So it carries the rings of
    alerts, a frame a notice: the process that sends a delivery need not be the one that holds the nurse's socket.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.own = token_hex(4)
        self._tasks: list[asyncio.Task[None]] = []
        self._heard: set[str] = set()
        self._rung: list[Ring] = []
        self._wake = asyncio.Event()
        self._others_until = self._present_until = 0.0

    def start(self) -> None:
        """Listen, ring and poll until stopped."""
        for loop in (self._ring_and_listen, self._poll, self._catch_up):
            self._tasks.append(asyncio.create_task(self._forever(loop)))

    async def stop(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _forever(self, loop: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await loop()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, WardError, TimeoutError) as error:
                log.warning("doorbell_cut", error=repr(error))
                await asyncio.sleep(RECONNECT_S)
            except Exception:  # without a bell no tablet of this process hears what another one wrote
                log.exception("doorbell_failed")
                await asyncio.sleep(RECONNECT_S)

    async def _ring_and_listen(self) -> None:
        connection = await self.hub.database.lone_connection()
        try:
            await connection.execute(
                "set synchronous_commit = off"
            )  # a lost ring costs one poll, not a sync of the disk
            await connection.add_listener(CHANNEL, self._hear)
            # The line was cut: perhaps another copy of the database has taken over, without its last commits.
            async with unit_of_work(self.hub.database, self.hub.clock.now()) as work:
                await begin_epoch(work)
            self._all_may_have_changed()
            self._present_until = 0.0
            self.hub.rung.set()
            while True:
                await self.hub.rung.wait()
                await asyncio.sleep(COALESCED_S)
                self.hub.rung.clear()
                await self._ring(connection)
        finally:
            await connection.close(timeout=1)

    async def _ring(self, connection: Connection) -> None:
        now = asyncio.get_running_loop().time()
        feeds = list(self.hub.unrung) if now < self._others_until else []
        self.hub.unrung.clear()
        frames = list(self.hub.untold) if now < self._others_until else []
        self.hub.untold.clear()
        for frame in frames:
            await connection.execute("select pg_notify($1, $2)", CHANNEL, f"{self.own} {frame}")
        if now >= self._present_until:
            self._present_until = now + POLL_S
            feeds = feeds or [""]
        for start in range(0, len(feeds), NOTICE_FEEDS):
            notice = " ".join((self.own, *feeds[start : start + NOTICE_FEEDS]))
            await connection.execute("select pg_notify($1, $2)", CHANNEL, notice)

    def _hear(self, _connection: Any, _pid: int, _channel: str, notice: object) -> None:
        sender, *feeds = str(notice).split()
        if sender == self.own:
            return
        self._others_until = asyncio.get_running_loop().time() + OTHERS_LAST_S
        if feeds and feeds[0].startswith(FRAME):
            ring = msgspec.json.decode(feeds[0], type=Ring)
            if self.hub.ring_here(ring):
                self._rung.append(ring)
        else:
            self._heard.update(feeds)
        self._wake.set()

    def _all_may_have_changed(self) -> None:
        self._heard.update(self.hub.rings)
        self._wake.set()

    async def _catch_up(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            feeds, self._heard = self._heard, set()
            await self.hub.catch_up(feeds)
            rung, self._rung = self._rung, []
            if rung:
                await self.hub.ears.on_rung(rung)

    async def _poll(self) -> None:
        polls = 0
        while True:
            await asyncio.sleep(POLL_S)
            self.hub.rung.set()
            if self.hub.sockets:
                await self.hub.catch_up()
                polls += 1
                if polls % PEOPLE_POLLS == 0:
                    await self.hub.look_up_people()
