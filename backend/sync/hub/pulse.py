"""The pulse of the live sockets: pings spread over their time, checksums, and an end for those that are silent."""

import asyncio

import asyncpg
import structlog

from backend.errors import WardError
from backend.sync.hub import Hub, encoded
from backend.sync.hub.sockets import Socket
from shared_schemas.wire import Ping

log = structlog.get_logger("live")
HELLO_S = 10.0
PING_S = 20.0
BEAT_S = 1.0
SILENT_PINGS = 2


class Pulse:
    """One loop for all sockets: in each second a part of them is pinged, and their feeds' sums are read once."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Beat until stopped."""
        self._task = asyncio.create_task(self._forever())

    async def stop(self) -> None:
        """Beat no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _forever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await self.beat(asyncio.get_running_loop().time())
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, WardError, TimeoutError) as error:
                log.warning("pulse_missed", error=repr(error))
            except Exception:  # without a beat no dead socket ends and no lost tablet is shut out
                log.exception("pulse_failed")

    async def beat(self, now_s: float) -> None:
        """What is due at an instant of the loop's clock.

        1. A socket that never said hello, or that answered two pings with nothing, ends.
        2. Whose turn it is gets a ping, at once; silence is counted before anything can fail.
        3. Heads and sums of all their feeds are read in one statement and encoded once a feed.
        """
        due = [socket for socket in self.hub.sockets if self._is_due(socket, now_s)]
        if not due:
            return
        ping = encoded(Ping(at=self.hub.clock.now()))
        for socket in due:
            socket.silent_pings += 1
            socket.ping_at = now_s + PING_S
            socket.extra.append(ping)
            socket.awake.set()
        sums = await self.hub.uptos({feed for socket in due for feed in socket.cursors})
        for socket in due:
            socket.sums = [sums[feed] for feed in socket.cursors if feed in sums]
            socket.awake.set()

    def _is_due(self, socket: Socket, now_s: float) -> bool:
        if not socket.hellos:
            silent = now_s - socket.opened_at > HELLO_S
        elif socket.ping_at == 0.0:
            # Those who come back at once are not to be pinged at once: the last digits of an id are chance.
            socket.ping_at = socket.opened_at + HELLO_S + PING_S * int(socket.device_id[-4:], 16) / 0x10000
            silent = False
        else:
            silent = socket.silent_pings >= SILENT_PINGS and now_s >= socket.ping_at
        if silent:
            socket.end("silent")
        return not silent and socket.hellos > 0 and now_s >= socket.ping_at
