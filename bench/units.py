"""Many tablets at once, with all effects of what they chart: in one hot unit, and in eight units side by side."""

from collections.abc import Sequence
from time import perf_counter

from bench.place import Place
from bench.ward import BATCH, CLIENTS, LoadedWard
from ward_sim.load.tablet import Tablet
from ward_sim.load.timings import Timings, at_once

UNITS = 8
HOT_BATCH, HOT_PUSHES = 10, 25
COLD_PUSHES = 8


async def _sent(tablet: Tablet, pushes: Sequence[bytes], timings: Timings) -> None:
    for push in pushes:
        begun = perf_counter()
        await tablet.send(push)
        timings.add(perf_counter() - begun)


async def hot_unit(ward: LoadedWard) -> tuple[float, Timings]:
    """Eight tablets of one unit push batches of ten as fast as they are answered: entries a second, and each answer."""
    timings = Timings()
    ready = [(tablet, [ward.push(tablet, HOT_BATCH) for _ in range(HOT_PUSHES)]) for tablet in ward.tablets[:CLIENTS]]
    seconds = await at_once(_sent(tablet, pushes, timings) for tablet, pushes in ready)
    return CLIENTS * HOT_PUSHES * HOT_BATCH / seconds, timings


async def eight_units(at: Place, wards: Sequence[LoadedWard]) -> tuple[float, float]:
    """A tablet in each unit pushes batches of 100: entries a second, and the server's processor time an entry in us."""
    ready = [(ward.tablets[0], [ward.push(ward.tablets[0], BATCH) for _ in range(COLD_PUSHES)]) for ward in wards]
    before_ms = at.cpu_ms
    timings = Timings()
    seconds = await at_once(_sent(tablet, pushes, timings) for tablet, pushes in ready)
    entries = len(wards) * COLD_PUSHES * BATCH
    return entries / seconds, (at.cpu_ms - before_ms) * 1000 / entries
