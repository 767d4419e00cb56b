"""The bells of the sweeps: rung after commits, at the nearest due instant and every second. PostgreSQL holds the truth."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend.clock import Clock
from backend.db import Database
from backend.slice import Sweep

log = structlog.get_logger("bells")
SAFETY_TICK = timedelta(seconds=1)
# Under load sweeps would otherwise run without end, one round after each commit.
BETWEEN_ROUNDS_S = 0.05
ROUNDS_AT_ONE_INSTANT = 50
NEAREST = "nearest"


class Bells:
    """All sweeps, in the order of the layers from the lowest, so that one sees in the same round what another did."""

    def __init__(self, sweeps: Sequence[Sweep], database: Database, clock: Clock) -> None:
        self.sweeps, self.database, self.clock = sweeps, database, clock
        self.rung = asyncio.Event()
        self.rung.set()
        self.next_at: datetime | None = None
        self._scheduler: AsyncIOScheduler | None = None
        self._rounds: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Let all sweeps run soon; many rings in one moment are one."""
        self.rung.set()

    async def round(self, now: datetime) -> datetime | None:
        """Run every sweep once; returns the nearest instant at which one must run again. One that fails stops no other."""
        self.rung.clear()
        instants: list[datetime] = []
        for sweep in self.sweeps:
            try:
                due_at = await sweep(self.database, now)
            except Exception:
                log.exception("sweep_failed", sweep=getattr(sweep, "__name__", repr(sweep)))
                due_at = now + SAFETY_TICK
            if due_at is not None:
                instants.append(due_at)
        self.next_at = min(instants, default=None)
        return self.next_at

    async def advance(self, now: datetime, to: datetime, set_clock: Callable[[datetime], None]) -> None:
        """Stepped time: run what is due up to `to`, each at its own instant, until all is quiet."""
        rounds = 0
        while True:
            is_due = self.rung.is_set() or (self.next_at is not None and self.next_at <= now)
            if is_due and rounds < ROUNDS_AT_ONE_INSTANT:
                rounds += 1
                await self.round(now)
            elif is_due or self.next_at is None or self.next_at > to:
                break
            else:
                now, rounds = self.next_at, 0
                set_clock(now)
        if rounds == ROUNDS_AT_ONE_INSTANT:
            log.error("never_quiet", at=now.isoformat())
        set_clock(to)

    def start(self) -> None:
        """Begin to ring by the clock."""
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_job(self.ring, "interval", seconds=SAFETY_TICK.total_seconds(), id="safety_tick")
        self._scheduler.start()
        self.ring()
        self._rounds = asyncio.create_task(self._rounds_for_ever())

    async def stop(self) -> None:
        """Ring no more; a round under way is cut, and done again by whoever starts next."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        if self._rounds is not None:
            self._rounds.cancel()
            await asyncio.gather(self._rounds, return_exceptions=True)

    async def _rounds_for_ever(self) -> None:
        while True:
            await self.rung.wait()
            next_at = await self.round(self.clock.now())
            if next_at is not None and self._scheduler is not None:
                self._scheduler.add_job(self.ring, "date", run_date=next_at, id=NEAREST, replace_existing=True)
            await asyncio.sleep(BETWEEN_ROUNDS_S)
