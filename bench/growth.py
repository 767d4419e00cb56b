"""Growth: what one server bears as units and tablets become more; every tablet listens, ten write without a pause."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from bench.results import Figures
from ward_sim.load.gauge import Gauge
from ward_sim.load.ledger import Ledger
from ward_sim.load.proof import proven
from ward_sim.load.run import HOST, MADE_AT_MS, open_files, served, server_clock
from ward_sim.load.scenes import WRITERS, Scenes
from ward_sim.load.wards import add_tablets, hospital_of, opened

UNITS = (1, 8, 40)
TABLETS = (10, 100, 1000)
BUSY_S = 5.0
# What is told of a cell, under the name of its scene's figure.
FIGURES = (
    "entries_per_s",
    "push_p50_ms",
    "push_p99_ms",
    "delay_p50_ms",
    "delay_p99_ms",
    "frames_per_s",
    "server_mb",
    "postgres_mb",
    "server_processors",
    "postgres_processors",
    "generator_processors",
)


class NotWhole(Exception):
    """Something was lost, doubled or diverged: figures of such a run are worth nothing."""


async def measured(seed: int, say: Callable[[str], None]) -> Figures:
    """Figures under `growth.units_U.tablets_T.`; each number of units has a server and a database of its own."""
    open_files(max(TABLETS))
    figures: Figures = {}
    for units in UNITS:
        hospital = hospital_of(units, seed, MADE_AT_MS)
        async with served(hospital, None) as (url, pid):
            ledger = Ledger(hospital.chance, (await server_clock(url)).now)
            address = (urlsplit(url).hostname or HOST, urlsplit(url).port or 80)
            scenes = Scenes(await opened(hospital, address, 0, ledger), ledger, Gauge(pid), seed)
            try:
                for tablets in TABLETS:
                    say(f"growth: {units} units, {tablets} tablets")
                    cell = await _cell(scenes, address, units, tablets)
                    say(", ".join(f"{name.rsplit('.', 1)[1]} {figure:.2f}" for name, figure in cell.items()))
                    figures |= cell
                await _whole(scenes)
            finally:
                await asyncio.gather(*(tablet.close() for tablet in scenes.tablets))
    return figures


async def _cell(scenes: Scenes, address: tuple[str, int], units: int, tablets: int) -> Figures:
    new = await add_tablets(scenes.wards, address, tablets, scenes.ledger)
    synced = await scenes.first_sync(new)
    busy = await scenes.busy([ward for ward in scenes.wards if ward.in_hand], BUSY_S)
    storm = await scenes.storm()
    cell = {name: busy[name] for name in FIGURES if busy[name] is not None}
    cell["server_cpu_ms_per_entry"] = busy["server_processors"] * 1000 / max(busy["entries_per_s"], 0.001)
    cell |= {"first_sync_p50_ms": synced["p50_ms"], "storm_in_sync_s": storm["in_sync_s"]}
    cell["storm_server_cpu_ms_per_tablet"] = storm["server_processors"] * storm["drained_s"] * 1000 / tablets
    return {f"growth.units_{units}.tablets_{tablets}.{name}": figure for name, figure in cell.items()}


async def _whole(scenes: Scenes) -> None:
    behind = await scenes.settle()
    _, wrong = await proven(scenes.wards, scenes.ledger)
    if scenes.ledger.wrong or behind or wrong:
        raise NotWhole("; ".join([*scenes.ledger.wrong, *behind, *wrong]))


def table(figures: Figures) -> str:
    """A line a cell."""
    heads = ("entries/s", "push p50 ms", "p99 ms", "server MB", "PostgreSQL MB", "server", "PostgreSQL", "tablets")
    names = (*FIGURES[:3], "server_mb", "postgres_mb", *FIGURES[-3:])
    lines = [f"{WRITERS} tablets write, all listen; the last three are processors", _line("units", "tablets", *heads)]
    for units in UNITS:
        for tablets in TABLETS:
            of = [figures.get(f"growth.units_{units}.tablets_{tablets}.{name}", 0.0) for name in names]
            lines.append(_line(units, tablets, *(f"{figure:.{2 if figure < WRITERS else 0}f}" for figure in of)))
    return "\n".join(lines)


def _line(*texts: object) -> str:
    return "".join(f"{text:>14}" for text in texts)
