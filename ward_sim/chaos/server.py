"""The server of a seed: it dies at a statement and rises again, its line to the database breaks, it is restored."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from ward_sim.asgi_door import AsgiDoor, Reply, Socket, server_by_name
from ward_sim.chaos.database_line import Call
from ward_sim.chaos.ground import Ground
from ward_sim.chaos.turns import Turns

Json = dict[str, Any]
# In three quarters of an hour no tablet misses a thousand changes: here whoever misses more than two asks for pages.
_CATCH_UP = 2


class ServerDown(Exception):
    """Nobody answers: the server has died, before or after it did what it was asked."""


class MortalServer:
    """One server after another on one database; what one held in memory, the next does not know."""

    def __init__(self, ground: Ground, database: str) -> None:
        self.ground, self.database, self.line = ground, database, ground.line
        self.deaths = self.lost_connections = self.restores = 0
        self.on_death: Callable[[], None] = lambda: None
        self.door: AsgiDoor | None = None
        self._reader: Any = None
        self._jobs: set[asyncio.Task[Any]] = set()
        self._death: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Somebody answers."""
        return self.door is not None

    async def start(self, now: datetime) -> None:
        """A new server on what the database holds."""
        self.ground.point_server_at(self.database)
        door = await AsgiDoor(server_by_name()).__aenter__()
        # From 1970 on to today it would throw away every change as too old.
        door.server.ward.clock.set(now)
        door.server.ward.hub.catches_up = _CATCH_UP
        await door.advance(now)
        self.door = door

    async def reader(self) -> Any:
        """The judge's own connection, which sees what is committed."""
        if self._reader is None:
            self._reader = await self.ground.reader(self.database)
        return self._reader

    async def _nobody_reads(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.close()

    async def stop(self) -> None:
        """An orderly end."""
        self.line.disarm()
        await self._nobody_reads()
        door, self.door = self.door, None
        if door is not None:
            await door.__aexit__()

    async def die(self) -> None:
        """At once: every transaction under way is rolled back, nobody on the line is told anything."""
        door, self.door = self.door, None
        self.line.disarm()
        if door is None:
            return
        self.deaths += 1
        await self.line.cut_all()
        for job in self._jobs:
            job.cancel()
        for socket in door.sockets:
            socket.closed = True
            if socket.job is not None:
                socket.job.cancel()
        ends = [socket.job for socket in door.sockets if socket.job is not None]
        await asyncio.gather(*self._jobs, *ends, return_exceptions=True)
        await door.kill()
        await self.line.cut_all()
        self.on_death()

    def doom(self, after: int, where: str) -> None:
        """Let it die at the statement after so many others: `before` that runs, or `after` it did."""

        def dies(_: Call) -> None:
            self._death = asyncio.get_running_loop().create_task(self.die())

        self.line.arm(after, where, dies)

    def break_line(self, after: int, where: str) -> None:
        """Let the connection of that statement break; the server itself lives on."""

        def breaks(call: Call) -> None:
            self.lost_connections += 1
            call.cut()

        self.line.arm(after, where, breaks)

    async def request(self, method: str, path: str, body: Any = None, token: str = "") -> Reply:
        """As `AsgiDoor.request`; ServerDown when nobody answers."""
        return await self._mortal(self._alive().request(method, path, body, token=token))

    def asking(self, method: str, path: str, body: Any, token: str) -> Coroutine[Any, Any, Reply]:
        """A request that is not sent yet."""
        return self._alive().request(method, path, body, token=token)

    async def together(self, asked: list[Coroutine[Any, Any, Reply]], die: random.Random) -> list[Reply | None]:
        """Answer several at a time, their statements taking turns by the die; None where it died of it."""
        loop = asyncio.get_running_loop()
        jobs = [loop.create_task(self._mortal(ask)) for ask in asked]
        await Turns(self.line, self.ground.lead, die).run(jobs)
        ends = await asyncio.gather(*jobs, return_exceptions=True)
        wrong = [end for end in ends if isinstance(end, BaseException) and not isinstance(end, ServerDown)]
        if wrong:
            raise wrong[0]
        return [None if isinstance(end, BaseException) else end for end in ends]

    async def advance(self, to: datetime) -> None:
        """As `AsgiDoor.advance`; ServerDown when it dies of it."""
        await self._mortal(self._alive().advance(to))

    async def connect(self, path: str, token: str) -> Socket:
        """As `AsgiDoor.connect`; ServerDown when nobody answers."""
        return await self._mortal(self._alive().connect(path, token))

    async def tell(self, socket: Socket, frame: Json) -> None:
        """As `AsgiDoor.tell`, and wait until the server has done what it was told: in its next moment it is later."""
        door = self._alive()
        await self._mortal(_told(door, socket, frame))

    async def hang_up(self, socket: Socket) -> None:
        """As `AsgiDoor.hang_up`."""
        if self.door is not None:
            await self.door.hang_up(socket)

    async def back_up(self, name: str) -> None:
        """A copy of the database as it is now; connections that idle are closed for it, as a firewall may."""
        self.line.is_closed = True
        try:
            await self.line.cut_all()
            await self._nobody_reads()
            await self.ground.drop_database(name)
            await self.ground.copy_database(name, self.database)
        finally:
            self.line.is_closed = False

    async def restore(self, name: str, now: datetime) -> None:
        """The machine is lost; another one starts with a backup, whose feeds get a new epoch."""
        await self.die()
        await self._nobody_reads()
        self.restores += 1
        await self.ground.drop_database(self.database)
        await self.ground.copy_database(self.database, name)
        # A copy made by PostgreSQL itself leaves no trace by which a server would notice.
        await self.ground.operate("restored", database=self.database)
        await self.start(now)

    def _alive(self) -> AsgiDoor:
        if self.door is None:
            raise ServerDown
        return self.door

    async def _mortal(self, work: Coroutine[Any, Any, Any]) -> Any:
        job = asyncio.get_running_loop().create_task(work)
        self._jobs.add(job)
        await asyncio.wait({job})
        self._jobs.discard(job)
        if self._death is not None:
            death, self._death = self._death, None
            with contextlib.suppress(asyncio.CancelledError):
                await death
        if job.cancelled() or self.door is None:
            if not job.cancelled():
                job.exception()
            raise ServerDown
        return job.result()


async def _told(door: AsgiDoor, socket: Socket, frame: Json) -> None:
    await door.tell(socket, frame)
    await door.quiet([socket])
