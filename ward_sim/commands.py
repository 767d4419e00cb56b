"""What the simulator's commands run: a server of their own, a hospital loaded into it, and the scene."""

import asyncio
import os
import random
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from ward_sim import day as day_scene
from ward_sim import replay as replay_scene
from ward_sim.asgi_door import AsgiDoor, operate_here, server_by_name
from ward_sim.core import cores
from ward_sim.demo.children import DemoRefused, Server, check_port, operate
from ward_sim.demo.flow import Flow
from ward_sim.demo.team import ROLES as TEAM_ROLES
from ward_sim.demo.team import DemoTeam
from ward_sim.demo.ward import DemoWard, roles
from ward_sim.hospital import Hospital, Person, Ward, add_home_team, new_hospital
from ward_sim.judge.verdict import wrong as day_is_wrong
from ward_sim.loading import hospital_file, pairing_code
from ward_sim.real_line import ServerClock

Json = dict[str, Any]


@asynccontextmanager
async def _stepped_server(hospital: Hospital) -> AsyncIterator[AsgiDoor]:
    """A server that knows the hospital, in this process, with a database of its own that is thrown away."""
    home = Path(tempfile.mkdtemp(prefix="ward-sim-"))
    os.environ["WARDLIGHT_HOME"] = str(home)
    try:
        hospital_file(hospital, home / "hospital.json")
        async with AsgiDoor(server_by_name()) as door:
            # The command finds the PostgreSQL of the server that runs.
            await operate_here("staff", "load", str(home / "hospital.json"))
            yield door
    finally:
        # PostgreSQL's folder may be a link to a place that its user can reach.
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _codes(hospital: Hospital) -> dict[str, str]:
    return {unit.unit_id: pairing_code(unit) for unit in hospital.units}


async def day(seed: int, mutant: str | None, hours: int, core: str = "twin") -> tuple[Json, bool]:
    """Run so many hours of a judged day; return the report and whether something is wrong."""
    hospital = day_scene.day_hospital(seed)
    with cores(core) as new_core:
        async with _stepped_server(hospital) as door:
            tablets = day_scene.Tablets(new_core, mutant)
            report = await day_scene.run_day(door, hospital, _codes(hospital), seed, tablets, hours)
    return report, day_is_wrong(report)


async def replay(folder: Path, seed: int, patients: int | None) -> tuple[Json, bool]:
    """Replay a folder of records; return the report and whether something is wrong."""
    series = replay_scene.series_of(folder, patients)
    if not series:
        raise DemoRefused(f"There are no records in {folder}.")
    hospital = replay_scene.replay_hospital(seed, len(series))
    async with _stepped_server(hospital) as door:
        report = await replay_scene.run_replay(door, hospital, _codes(hospital), series, seed)
    return report, replay_scene.wrong(report)


async def demo(seed: int, port: int | None) -> None:
    """Bring up the demo and let it live until Ctrl-C or until the server ends."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = port or int(os.environ.get("PORT") or 8000)
    os.environ["PORT"] = str(port)
    check_port(host, port)
    base_url = f"http://{host}:{port}"
    home = _demo_home()
    hospital = new_hospital(seed, day_scene.START_AT, ["Ward 4 North", "Ward 5 South"], 24, roles())
    team = add_home_team(hospital, "Home care East", TEAM_ROLES)
    hospital_file(hospital, home / "hospital.json")
    _say("starting the server")
    async with Server(home, base_url) as server, httpx.AsyncClient() as client:
        _say("loading the hospital")
        await operate(home, "staff", "load", str(home / "hospital.json"))
        reply = await client.get(f"{base_url}/api/devices/me")
        clock = ServerClock(parsedate_to_datetime(reply.headers["date"]))

        def here(unit: Ward) -> Json:
            die = random.Random(f"{seed}/{unit.name}")
            of_unit = {"ward": unit, "code": pairing_code(unit), "die": die}
            return {"hospital": hospital, "base_url": base_url, "client": client, "clock": clock} | of_unit

        wards, visiting = [DemoWard(**here(ward)) for ward in hospital.wards], DemoTeam(**here(team))
        flows = [Flow(ward, random.Random(f"{seed}/{ward.ward.name}/flow")) for ward in wards]
        flows[0].other, flows[1].other = flows[1], flows[0]
        try:
            _say(f"charting the last day of {wards[0].ward.name}")
            await _open(flows[0])
            _welcome(wards[0])
            await asyncio.gather(_live(flows[0]), _follow(visiting, flows[1]), server.watch())
        finally:
            for unit in (*wards, visiting):
                await unit.close()


async def _open(flow: Flow) -> None:
    await flow.ward.open()
    flow.begin()


async def _live(flow: Flow) -> None:
    await asyncio.gather(flow.ward.live(), flow.live())


async def _follow(visiting: DemoTeam, second: Flow) -> None:
    """The home-care team and the second ward open when the page is up already: nobody waits for their past."""
    await visiting.open()
    _welcome_home(visiting)
    await asyncio.gather(visiting.live(), _follow_ward(second))


async def _follow_ward(flow: Flow) -> None:
    await _open(flow)
    print(f"{flow.ward.ward.name} is there, too: {flow.ward.base_url}/#pair={flow.ward.code}", flush=True)
    await _live(flow)


def _demo_home() -> Path:
    """A folder of the demo's own, emptied: yesterday's ward would be a ward where everything is overdue."""
    chosen = os.environ.get("WARDLIGHT_HOME")
    home = Path(chosen) if chosen else Path(__file__).resolve().parent.parent / ".wardlight"
    home = home.absolute() / "demo"
    try:
        # PostgreSQL's folder may be a link to a place that its user can reach.
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
    except OSError as error:
        raise DemoRefused(f"{home} can not be used: {error.strerror}.") from error
    return home


def _say(text: str) -> None:
    print(f"demo: {text}", file=sys.stderr, flush=True)


def _welcome(ward: DemoWard) -> None:
    """Print where to go and as whom."""
    people = [
        ("ward nurse, with two patients of her own", ward.visitor),
        ("head nurse: the board is at /#/board, the wall at /#/wall", ward.ward.people("head_nurse")[0]),
        ("charge nurse", ward.ward.people("charge_nurse")[1]),
        ("healthcare assistant, who cleans the beds", ward.ward.people("healthcare_assistant")[0]),
    ]
    print(f"\nWardlight is at  {ward.base_url}", flush=True)
    print(f"Pair this browser: {ward.base_url}/#pair={ward.code}")
    print(f"Another tablet: open the address and type the code {ward.code}\n")
    _introduce(people)
    print("\nNot a certified medical device; everybody here is invented. Ctrl-C stops all.", flush=True)


def _welcome_home(team: DemoTeam) -> None:
    """Print how to become a tablet of the home-care team; a tablet is of one unit."""
    people = [
        ("home-care nurse, with a day of visits of her own", team.visitor),
        ("coordinator: the team's day is at /#/coordinator", team.ward.people("coordinator")[1]),
    ]
    print(f"\n{team.ward.name}, in another browser or window: {team.base_url}/#pair={team.code}\n")
    _introduce(people)
    print(flush=True)


def _introduce(people: list[tuple[str, Person]]) -> None:
    for what, person in people:
        print(f"  {person.name:<18} PIN {person.pin}   {what}")
