"""`ward_sim load`: a hospital, its tablets, the scenes one after the other, and the proof."""

import asyncio
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from ward_sim.demo.children import DemoRefused, Server, free_port, operate
from ward_sim.hospital import Hospital
from ward_sim.load.gauge import Gauge
from ward_sim.load.ledger import Ledger
from ward_sim.load.proof import proven
from ward_sim.load.scenes import Scenes
from ward_sim.load.wards import LoadedWard, hospital_of, opened
from ward_sim.loading import hospital_file
from ward_sim.real_line import ServerClock

Json = dict[str, Any]
HOST = "127.0.0.1"
DISK = Path("/var/tmp")  # noqa: S108 (a real disk: a folder in memory would make every commit cheap)
SCENES = ("first-sync", "steady", "hot-unit", "all-units", "storm", "stuck")
FILES_A_TABLET, OTHER_FILES = 3, 200
DECIMALS = 3
STORM_ENDS_WITHIN_S = 10.0
MADE_AT_MS = 1_767_225_600_000  # a hospital of a seed is the same one in each run: 2026-01-01


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to load: `url` of a running server that has the hospital of this seed, or None for one of our own."""

    seed: int
    units: int
    tablets: int
    seconds: float
    scenes: tuple[str, ...]
    url: str | None = None


@asynccontextmanager
async def served(hospital: Hospital, url: str | None) -> AsyncIterator[tuple[str, int]]:
    """The server's address and its pid; ours has a durable PostgreSQL of its own and leaves nothing behind."""
    if url is not None:
        yield url, 0
        return
    home, port = _new_home(), free_port(HOST)
    url = f"http://{HOST}:{port}"
    os.environ |= {"HOST": HOST, "PORT": str(port)}
    os.environ.pop("DATABASE_URL", None)
    try:
        hospital_file(hospital, home / "hospital.json")
        await operate(home, "staff", "load", str(home / "hospital.json"))
        async with Server(home, url) as server:
            assert server.child is not None
            yield url, server.child.pid
    finally:
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _new_home() -> Path:
    """A folder that PostgreSQL's own user can reach too."""
    home = Path(tempfile.mkdtemp(prefix="wardlight-load-", dir=DISK if DISK.is_dir() else None))
    home.chmod(0o755)
    return home


async def load(wanted: Wanted) -> tuple[Json, bool]:
    """Run the scenes; return the report and whether something is wrong."""
    open_files(wanted.tablets)
    hospital = hospital_of(wanted.units, wanted.seed, MADE_AT_MS)
    async with served(hospital, wanted.url) as (url, pid):
        address = (urlsplit(url).hostname or HOST, urlsplit(url).port or 80)
        ledger = Ledger(hospital.chance, (await server_clock(url)).now)
        _say(f"filling {wanted.units} wards and pairing {wanted.tablets} tablets")
        wards = await opened(hospital, address, wanted.tablets, ledger)
        scenes = Scenes(wards, ledger, Gauge(pid), wanted.seed)
        try:
            report = await _played(scenes, wanted)
            ledger.wrong += await scenes.settle()
            checked, wrong = await proven(wards, ledger)
        finally:
            await asyncio.gather(*(tablet.close() for tablet in scenes.tablets))
    refused = {str(status): count for status, count in ledger.refused.items()}
    wrong = [*ledger.wrong, *wrong]
    report |= {
        "refused_by_status": refused,
        "entries_answered_twice": ledger.repeated,
        "pages_read": ledger.pages,
        "proof": checked,
        "wrong": wrong,
    }
    return _rounded(report), bool(wrong)


async def _played(scenes: Scenes, wanted: Wanted) -> Json:
    wards: list[LoadedWard] = [ward for ward in scenes.wards if ward.tablets]
    play = {
        "steady": lambda: scenes.steady(wanted.seconds),
        "hot-unit": lambda: scenes.busy(wards[:1], wanted.seconds),
        "all-units": lambda: scenes.busy(wards, wanted.seconds),
        "storm": scenes.storm,
        "stuck": lambda: scenes.stuck(wanted.seconds),
    }
    report: Json = {"units": wanted.units, "tablets": wanted.tablets, "seed": wanted.seed}
    _say("first-sync")
    report["first-sync"] = await scenes.first_sync(scenes.tablets)
    for name in wanted.scenes:
        if name in play:
            _say(name)
            report[name] = await play[name]()
    storm = report.get("storm")
    if storm and storm["in_sync_s"] > STORM_ENDS_WITHIN_S:
        scenes.ledger.wrong.append(f"the storm ended after {storm['in_sync_s']:.1f} s")
    return report


async def server_clock(url: str) -> ServerClock:
    """The server's own clock; DemoRefused when nobody answers."""
    async with httpx.AsyncClient() as client:
        try:
            reply = await client.get(f"{url}/api/devices/me")
        except httpx.HTTPError as error:
            raise DemoRefused(f"Nobody answers at {url}.") from error
    return ServerClock(parsedate_to_datetime(reply.headers["date"]))


def open_files(tablets: int) -> None:
    """A tablet has its socket and up to two requests; the server, a child, inherits the limit."""
    wanted = tablets * FILES_A_TABLET + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and wanted > hard:
        raise DemoRefused(f"{tablets} tablets need {wanted} open files; the limit is {hard}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _rounded(report: Any) -> Any:
    if isinstance(report, dict):
        return {name: _rounded(figure) for name, figure in report.items()}
    return round(report, DECIMALS) if isinstance(report, float) else report


def _say(text: str) -> None:
    print(f"load: {text}", file=sys.stderr, flush=True)
