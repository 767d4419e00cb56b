"""Durations, and what is said of them."""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from math import ceil
from time import perf_counter


@dataclass(slots=True)
class Timings:
    """Durations of one kind of step, in seconds."""

    seconds: list[float] = field(default_factory=list)

    def add(self, seconds: float) -> None:
        """Note one more."""
        self.seconds.append(seconds)

    def percentile_ms(self, percent: float) -> float:
        """The nearest-rank percentile in ms."""
        ranked = sorted(self.seconds)
        return ranked[max(0, ceil(len(ranked) * percent / 100) - 1)] * 1000


async def at_once(jobs: Iterable[Coroutine[None, None, None]]) -> float:
    """Run jobs side by side; the seconds until the last of them is done."""
    begun = perf_counter()
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job)
    return perf_counter() - begun
