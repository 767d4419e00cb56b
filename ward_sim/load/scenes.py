"""The scenes of a load: steady charting, busy units, a first sync at once, a storm, and tablets that are stuck."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any

from ward_sim.load.gauge import Gauge
from ward_sim.load.ledger import Ledger
from ward_sim.load.light import LightTablet
from ward_sim.load.timings import Timings
from ward_sim.load.wards import LoadedWard

Json = dict[str, Any]
BETWEEN_S = 30.0  # a nurse saves something twice a minute while she is at it
WRITERS = 10
STUCK = 5
SYNC_WITHIN_S = 60.0
LOOK_EVERY_S = 0.2


def _percentile(timings: Timings, percent: float) -> float | None:
    return timings.percentile_ms(percent) if timings.seconds else None


class Scenes:
    """The wards of a load, and what can happen to them. Each scene returns its figures."""

    def __init__(self, wards: list[LoadedWard], ledger: Ledger, gauge: Gauge, seed: int) -> None:
        self.wards, self.ledger, self.gauge = wards, ledger, gauge
        self.die = random.Random(f"{seed}/load")

    @property
    def tablets(self) -> list[LightTablet]:
        """All that follow."""
        return [tablet for ward in self.wards for tablet in ward.tablets]

    async def first_sync(self, tablets: Sequence[LightTablet]) -> Json:
        """All read their feeds from nothing at once, and follow from then on."""
        took = Timings()

        async def sync(tablet: LightTablet) -> None:
            begun = perf_counter()
            await tablet.pull()
            took.add(perf_counter() - begun)

        before = self.gauge.used()
        await asyncio.gather(*(sync(tablet) for tablet in tablets))
        shares = self.gauge.shares(before)
        for tablet in tablets:
            tablet.follow()
        in_sync_s = await self._all_in_sync(tablets)
        figures = {"tablets": len(tablets), "p50_ms": took.percentile_ms(50), "longest_ms": took.percentile_ms(100)}
        return {**figures, **shares, "live_after_s": in_sync_s}

    async def steady(self, seconds: float) -> Json:
        """Every tablet in somebody's hand charts now and then."""
        until = perf_counter() + seconds

        async def chart(ward: LoadedWard, tablet: LightTablet) -> None:
            while True:
                await asyncio.sleep(self.die.expovariate(1 / BETWEEN_S))
                if perf_counter() > until:
                    return
                ward.save(tablet)
                await tablet.flush()

        jobs = [chart(ward, tablet) for ward in self.wards for tablet in ward.in_hand]

        async def all_day() -> None:
            tasks = [asyncio.create_task(job) for job in jobs]
            await asyncio.sleep(seconds)
            await asyncio.wait(tasks, timeout=seconds)
            for task in tasks:
                task.cancel()

        return await self._measured(all_day)

    async def busy(self, wards: Sequence[LoadedWard], seconds: float, batch: int = 1) -> Json:
        """Ten tablets of these wards chart one push after the other, the others listen."""
        until = perf_counter() + seconds

        async def chart(ward: LoadedWard, tablet: LightTablet) -> None:
            while perf_counter() < until:
                ward.save(tablet, batch)
                await tablet.flush()

        async def all_at_once() -> None:
            await asyncio.gather(*(chart(*place) for place in self._by_turns(wards)[:WRITERS]))

        return await self._measured(all_at_once)

    @staticmethod
    def _by_turns(wards: Sequence[LoadedWard]) -> list[tuple[LoadedWard, LightTablet]]:
        """A tablet of each ward in turn, the ears last: whoever writes does not hear itself."""
        rows = [[(ward, tablet) for tablet in sorted(ward.in_hand, key=lambda each: each.is_ear)] for ward in wards]
        longest = max(len(row) for row in rows)
        return [row[n] for n in range(longest) for row in rows if n < len(row)]

    async def storm(self) -> Json:
        """All tablets lose the line at once and come back; some had saved something meanwhile."""
        tablets = self.tablets
        for ward in self.wards:
            for tablet in ward.in_hand[::4]:
                ward.save(tablet)
        before, refused = self.gauge.used(), self.ledger.refused.copy()
        begun, peak_mb = perf_counter(), self.gauge.server_mb()
        for tablet in tablets:
            if tablet.socket is not None:
                tablet.in_sync.clear()
                tablet.socket.cut()
        in_sync_s = await self._all_in_sync(tablets)
        await asyncio.gather(*(tablet.flush() for tablet in tablets))
        drained_s, shares = perf_counter() - begun, self.gauge.shares(before)
        again = {str(status): count for status, count in (self.ledger.refused - refused).items()}
        memory = {"server_mb_before": peak_mb, "server_mb_peak": self.gauge.peak_mb}
        figures = {"tablets": len(tablets), "in_sync_s": in_sync_s, "drained_s": drained_s, **shares, **memory}
        return {**figures, "refused_by_status": again}

    async def stuck(self, seconds: float) -> Json:
        """Some tablets stop reading while a ward is busy; afterwards they read on, and nothing is missing."""
        ward = self.wards[0]
        alone = await self.busy([ward], seconds)
        deaf = [tablet for tablet in reversed(ward.tablets) if not tablet.is_ear][:STUCK]
        for tablet in deaf:
            if tablet.socket is not None:
                tablet.socket.stop_reading()
        before_mb = self.gauge.server_mb()
        beside = await self.busy([ward], seconds)
        grown_mb = self.gauge.server_mb() - before_mb
        for tablet in deaf:
            tablet.in_sync.clear()
            if tablet.socket is not None:
                tablet.socket.read_on()
        both = {"p50_ms_alone": alone["delay_p50_ms"], "p99_ms_alone": alone["delay_p99_ms"]}
        both |= {"p50_ms_beside_stuck": beside["delay_p50_ms"], "p99_ms_beside_stuck": beside["delay_p99_ms"]}
        return {"stuck": len(deaf), **both, "server_mb_grown": grown_mb}

    async def settle(self) -> list[str]:
        """Wait until every tablet's cursor is at its feeds' heads; what is wrong, in words."""
        begun, behind = perf_counter(), ["?"]
        while behind and perf_counter() - begun < SYNC_WITHIN_S:
            await asyncio.sleep(LOOK_EVERY_S)
            behind = [
                f"a tablet of {feed} stands at {tablet.cursors[feed][1]}, the feed at {book.seq}"
                for tablet in self.tablets
                for feed, book in self.ledger.books.items()
                if feed in tablet.cursors and tablet.cursors[feed] != (book.epoch, book.seq)
            ]
        return behind[:5]

    async def _all_in_sync(self, tablets: Sequence[LightTablet]) -> float:
        begun = perf_counter()
        waiting = asyncio.gather(*(tablet.in_sync.wait() for tablet in tablets))
        try:
            while not waiting.done():
                self.gauge.server_mb()
                await asyncio.wait([waiting], timeout=LOOK_EVERY_S)
                if perf_counter() - begun > SYNC_WITHIN_S:
                    late = sum(not tablet.in_sync.is_set() for tablet in tablets)
                    self.ledger.wrong.append(
                        f"{late} of {len(tablets)} tablets are not in sync after {SYNC_WITHIN_S} s"
                    )
                    waiting.cancel()
                    break
        finally:
            waiting.cancel()
        return perf_counter() - begun

    async def _measured(self, scene: Callable[[], Awaitable[None]]) -> Json:
        ledger = self.ledger
        ledger.pushes, ledger.delays, ledger.frames = Timings(), Timings(), 0
        ledger.characters = 0
        ledger.pending.clear()
        known, before = len(ledger.acknowledged), self.gauge.used()
        await scene()
        for_s = self.gauge.used().at_s - before.at_s
        return {
            "entries_per_s": (len(ledger.acknowledged) - known) / for_s,
            "push_p50_ms": _percentile(ledger.pushes, 50),
            "push_p99_ms": _percentile(ledger.pushes, 99),
            "delay_p50_ms": _percentile(ledger.delays, 50),
            "delay_p99_ms": _percentile(ledger.delays, 99),
            "frames_per_s": ledger.frames / for_s,
            "characters_per_s": ledger.characters / for_s,
            **self.gauge.shares(before),
            "server_mb": self.gauge.server_mb(),
            "postgres_mb": self.gauge.postgres_mb(),
        }
