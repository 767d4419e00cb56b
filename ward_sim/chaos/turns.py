"""Transactions that interleave on purpose: of several requests under way, the die says whose next statement runs."""

import asyncio
import random
from typing import Any

from ward_sim.chaos.database_line import Call, DatabaseLine

# Between an answer and the next statement of the same request the loop turns a few times; nothing waits for a clock.
_TURNS = 12
_LOOK_AFTER_S = 0.002
_BLOCKED = "select pid from pg_stat_activity where pid = any($1::int[]) and cardinality(pg_blocking_pids(pid)) > 0"


class Turns:
    """Holds every statement back until it is its turn."""

    def __init__(self, line: DatabaseLine, lead: Any, die: random.Random) -> None:
        self.line, self.lead, self.die = line, lead, die
        self._held: list[tuple[Call, bytes]] = []
        self._running: set[Call] = set()

    async def run(self, jobs: list[asyncio.Task[Any]]) -> None:
        """Return when all jobs are done. One whose statement waits for a lock lets the others go on."""
        self.line.gate, self.line.on_answer = self._hold, self._running.discard
        try:
            while not all(job.done() for job in jobs):
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
                if self._held:
                    call, piece = self._held.pop(self.die.randrange(len(self._held)))
                    self._let(call, piece)
                await self._settled()
        finally:
            self.line.gate = self.line.on_answer = None
            for call, piece in self._held:
                self._let(call, piece)

    def _hold(self, call: Call, piece: bytes) -> None:
        self._held.append((call, piece))

    def _let(self, call: Call, piece: bytes) -> None:
        if call.postgres is not None:
            self._running.add(call)
            call.postgres.write(piece)

    async def _settled(self) -> None:
        """Wait until whatever runs has been answered, has gone, or waits for a lock of another."""
        while True:
            self._running = {call for call in self._running if call.postgres is not None}
            self.line.on_answer = self._running.discard
            if not self._running:
                return
            await asyncio.sleep(_LOOK_AFTER_S)
            pids = [call.pid for call in self._running]
            blocked = {row["pid"] for row in await self.lead.fetch(_BLOCKED, pids)} if pids else set()
            if all(call.pid in blocked for call in self._running):
                return
