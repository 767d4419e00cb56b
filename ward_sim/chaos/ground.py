"""What a run of many seeds stands on: one PostgreSQL, a hospital made once, and a database of its own for each seed."""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import asyncpg

from ward_sim.asgi_door import AsgiDoor, operate_here, server_by_name
from ward_sim.chaos.database_line import DatabaseLine
from ward_sim.hospital import Hospital, Person, Ward, add_home_team, new_hospital
from ward_sim.instants import HOUR, MINUTE, instant, instant_ms
from ward_sim.loading import hospital_file, pairing_code

Json = dict[str, Any]
START_AT = instant_ms("2026-03-02T06:30:00.000Z")
# Who signed in so long ago that the session (12 h) ends half an hour into the scenario.
TIRED_SINCE = START_AT - 23 * HOUR // 2
BEDS = 4
WARD_POSTS = (("ward_nurse", "charge_nurse"), ("ward_nurse", "healthcare_assistant"))
HOME_POSTS = (("home_care_nurse", "coordinator"), ("home_care_nurse",))
_DATABASE = "wardlight"
# Only a stepped server of a simulation ever reads these.
_SECRETS = {"WARDLIGHT_SECRET": "5e" * 32, "WARDLIGHT_VAPID_PRIVATE_KEY": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"}


@dataclass(slots=True)
class Desk:
    """A paired tablet and the people who are signed in on it, as the replies to pairing and log-in."""

    unit: Ward
    device: Json
    people: list[tuple[Person, Json]] = field(default_factory=list)


class Ground:
    """PostgreSQL, the hospital, its paired tablets; `seed_database` makes a copy of all of it."""

    def __init__(self) -> None:
        self.hospital = _hospital()
        self.desks: list[Desk] = []
        self._home = Path(tempfile.mkdtemp(prefix="wardlight-chaos-", dir=_memory_disk()))
        self._home.chmod(0o755)
        self._sockets = Path(tempfile.mkdtemp(prefix="ward-line-", dir="/tmp"))
        self._environment = dict(os.environ)
        self._postgres: Any = None
        self.lead: Any = None
        self.line: DatabaseLine

    async def __aenter__(self) -> Self:
        """Start PostgreSQL, load the hospital, pair its tablets, sign its people in."""
        os.environ["WARDLIGHT_HOME"] = str(self._home)
        os.environ.update(_SECRETS)
        self._postgres = server_by_name("backend.postgres:EmbeddedPostgres")(self._home, durable=False)
        await self._postgres.start()
        owner = self._postgres.url("wardlight_owner")
        await server_by_name("backend.piccolo_app:migrate")(owner)
        self.lead = await asyncpg.connect(self._postgres.url("postgres", "postgres"))
        self.line = DatabaseLine(Path((self._home / "postgres.sockets").read_text()))
        self.line.open(self._sockets)
        os.environ["DATABASE_OWNER_URL"] = owner
        hospital_file(self.hospital, self._home / "hospital.json")
        await self.operate("staff", "load", str(self._home / "hospital.json"))
        async with AsgiDoor(server_by_name()) as door:
            door.server.ward.clock.set(instant(TIRED_SINCE))
            await self._furnish(door)
        await self.line.cut_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Throw everything away."""
        await self.lead.close()
        await self.line.close()
        await self._postgres.stop()
        # PostgreSQL's folder may be a link to a place that its user can reach.
        shutil.rmtree((self._home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(self._home, ignore_errors=True)
        shutil.rmtree(self._sockets, ignore_errors=True)
        os.environ.clear()
        os.environ.update(self._environment)

    def point_server_at(self, database: str) -> None:
        """The next server that starts works on this database, over our line."""
        direct = self._postgres.url("wardlight_app", database)
        through = direct.replace(quote(str(self.line.upstream.parent)), quote(str(self._sockets)))
        os.environ["DATABASE_URL"] = through

    async def operate(self, *words: str, database: str = _DATABASE) -> None:
        """Run one of the server's commands, which needs no bad line."""
        os.environ["DATABASE_URL"] = self._postgres.url("wardlight_app", database)
        await operate_here(*words)
        self.point_server_at(database)

    async def copy_database(self, name: str, of: str = _DATABASE) -> None:
        """Make a database as another one is now; nobody may be connected to that."""
        await self.lead.execute(f"create database {name} owner wardlight_owner template {of} strategy file_copy")

    async def drop_database(self, name: str) -> None:
        """A database that is not needed any more."""
        await self.lead.execute(f"drop database if exists {name} with (force)")

    async def reader(self, database: str) -> Any:
        """A connection of the judge's own, which sees what is committed."""
        return await asyncpg.connect(self._postgres.url("postgres", database))

    async def _furnish(self, door: AsgiDoor) -> None:
        """Two tablets a unit; the second person of each has been signed in since last night."""
        for unit in self.hospital.units:
            people = {role: iter(unit.people(role)) for role in {person.role for person in unit.staff}}
            for number, posts in enumerate(HOME_POSTS if unit.kind == "home" else WARD_POSTS):
                asked = {"pairing_code": pairing_code(unit), "name": f"{unit.name} {number + 1}"}
                desk = Desk(unit, await _made(door, "/api/devices", asked))
                desk.people = [(next(people[role]), {}) for role in posts]
                self.desks.append(desk)
        await self._sign_in(door, 1)
        await door.advance(instant(START_AT - 10 * MINUTE))
        await self._sign_in(door, 0)

    async def _sign_in(self, door: AsgiDoor, place: int) -> None:
        for desk in self.desks:
            for person, _ in desk.people[place : place + 1]:
                asked = {"staff_id": person.staff_id, "pin": person.pin}
                desk.people[place] = person, await _made(door, "/api/sessions", asked, desk.device["device_token"])


async def _made(door: AsgiDoor, path: str, body: Json, token: str = "") -> Json:
    reply = await door.request("POST", path, body, token=token)
    if reply.status not in (200, 201):
        raise RuntimeError(f"{path} was answered with {reply.status}: {reply.json}")
    return reply.json


def _hospital() -> Hospital:
    hospital = new_hospital(
        1, TIRED_SINCE, ["Ward 1", "Ward 2"], BEDS, {"ward_nurse": 2, "charge_nurse": 1, "healthcare_assistant": 1}
    )
    add_home_team(hospital, "Home care", {"home_care_nurse": 2, "coordinator": 1})
    return hospital


def _memory_disk() -> str | None:
    disk = Path("/dev/shm")  # noqa: S108  # the memory disk of Linux
    return str(disk) if disk.is_dir() and shutil.disk_usage(disk).free > 2_000_000_000 else None
