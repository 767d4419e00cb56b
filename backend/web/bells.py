"""The bells of the sweeps: rung after commits, at the nearest due instant, and every second in any case."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend.clock import Clock
from backend.db import Database
from backend.slice import Sweep

log = structlog.get_logger("bells")
SAFETY_TICK = timedelta(seconds=1)
LATER = datetime.max.replace(tzinfo=UTC)
# Under load sweeps would otherwise run without end, one round after each commit.
BETWEEN_ROUNDS_S = 0.05
BATCHES_A_ROUND = 100
ROUNDS_AT_ONE_INSTANT = 50


class Bell:
    """Sweeps that run together, in their order: one sees in the same round what another did.

    `at_once`: how many rounds may overlap; deliveries wait for slow receivers, sweeps never overlap.
    """

    def __init__(self, name: str, sweeps: Sequence[Sweep], database: Database, *, at_once: int = 1) -> None:
        self.name, self.sweeps, self.database, self.at_once = name, sweeps, database, at_once
        self.rung = asyncio.Event()
        self.rung.set()
        self.next_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """A round is wanted now."""
        return self.rung.is_set() or (self.next_at is not None and self.next_at <= now)

    async def round(self, now: datetime) -> datetime | None:
        """Do all that is due; the nearest instant at which more is. A sweep that fails stops no other.

        1. One statement asks all sweeps when they are due; most often that is all.
        2. Run those that are, lowest room first, and ask again: what one did may make another due.
        3. One that is due and did nothing (it failed, or another worker holds its rows) waits for the safety tick.
        """
        self.rung.clear()
        try:
            self.next_at = await self._next_at(now)
        except Exception:
            log.exception("round_failed", bell=self.name)
            self.next_at = now + SAFETY_TICK
        return self.next_at

    async def _next_at(self, now: datetime) -> datetime | None:
        waiting: set[str] = set()
        for _ in range(BATCHES_A_ROUND):
            instants = await self._instants(now)
            due = [each for each in self.sweeps if instants.get(each.name, LATER) <= now and each.name not in waiting]
            if not due:
                return min((at if at > now else now + SAFETY_TICK for at in instants.values()), default=None)
            waiting |= {sweep.name for sweep in due if not await self._ran(sweep, now)}
        return now

    async def _instants(self, now: datetime) -> dict[str, datetime]:
        try:
            _, *instants = await self.database.pool.fetchrow(_asking(self.sweeps), now)
        except asyncpg.PostgresError:
            log.exception("due_at_failed", bell=self.name)
            instants = [await self._instant(sweep, now) for sweep in self.sweeps]
        return {sweep.name: at for sweep, at in zip(self.sweeps, instants, strict=True) if at is not None}

    async def _instant(self, sweep: Sweep, now: datetime) -> datetime | None:
        """One that can not say when it is due is due now: what it finds is done all the same."""
        try:
            return (await self.database.pool.fetchrow(_asking([sweep]), now))[1]
        except asyncpg.PostgresError:
            log.exception("due_at_failed", bell=self.name, sweep=sweep.name)
            return now

    async def _ran(self, sweep: Sweep, now: datetime) -> bool:
        try:
            return await sweep.run(self.database, now) > 0
        except Exception:
            log.exception("sweep_failed", bell=self.name, sweep=sweep.name)
            return False


def _asking(sweeps: Sequence[Sweep]) -> str:
    return f"select $1::timestamptz, {', '.join(f'({sweep.due_at})' for sweep in sweeps)}"


class Bells:
    """All bells of a process. PostgreSQL decides what is due; a bell that is missed costs a second."""

    def __init__(self, bells: Sequence[Bell], clock: Clock) -> None:
        self.bells, self.clock = bells, clock
        self._scheduler: AsyncIOScheduler | None = None
        self._loops: list[asyncio.Task[None]] = []

    def ring(self) -> None:
        """Let all sweeps run soon; many rings in one moment are one."""
        for bell in self.bells:
            bell.rung.set()

    async def advance(self, now: datetime, to: datetime, set_clock: Callable[[datetime], None]) -> None:
        """Stepped time: run what is due up to `to`, each at its own instant, until all is quiet."""
        rounds = 0
        while True:
            due = [bell for bell in self.bells if bell.is_due(now)]
            next_at = min((bell.next_at for bell in self.bells if bell.next_at is not None), default=None)
            if due and rounds < ROUNDS_AT_ONE_INSTANT:
                rounds += 1
                await due[0].round(now)  # the sweeps before the deliveries
            elif due or next_at is None or next_at > to:
                break
            else:
                now, rounds = next_at, 0
                set_clock(now)
        if rounds == ROUNDS_AT_ONE_INSTANT:
            log.error("never_quiet", at=now.isoformat())
        set_clock(to)

    def start(self) -> None:
        """Begin to ring by the clock."""
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._scheduler.add_job(self.ring, "interval", seconds=SAFETY_TICK.total_seconds(), id="safety_tick")
        self._scheduler.start()
        self._loops = [asyncio.create_task(self._rounds(bell, self._scheduler)) for bell in self.bells]

    async def stop(self) -> None:
        """Ring no more; a round under way is cut, and done again by whoever starts next."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)

    async def _rounds(self, bell: Bell, scheduler: AsyncIOScheduler) -> None:
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                await bell.rung.wait()
                bell.rung.clear()
                running.add(asyncio.create_task(self._round(bell, scheduler)))
                if len(running) >= bell.at_once:
                    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                running = {round_ for round_ in running if not round_.done()}
                await asyncio.sleep(BETWEEN_ROUNDS_S)
        finally:
            for round_ in running:
                round_.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _round(self, bell: Bell, scheduler: AsyncIOScheduler) -> None:
        next_at = await bell.round(self.clock.now())
        if next_at is not None:
            scheduler.add_job(bell.rung.set, "date", run_date=next_at, id=bell.name, replace_existing=True)
