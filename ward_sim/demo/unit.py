"""What a ward and a home-care team of the demo have in common: tablets, log-ins, dead spots."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import httpx

from ward_sim.bedside import Bedside
from ward_sim.demo.children import DemoRefused
from ward_sim.hospital import Hospital, Person, Ward
from ward_sim.instants import HOUR, SECOND
from ward_sim.nurse import Nurse
from ward_sim.real_line import RealLine, ServerClock
from ward_sim.tablet import Tablet

Json = dict[str, Any]


@dataclass(slots=True)
class DemoUnit:
    """A living unit on a running server."""

    hospital: Hospital
    ward: Ward
    base_url: str
    code: str
    client: httpx.AsyncClient
    clock: ServerClock
    die: random.Random
    wards: Bedside = field(default_factory=Bedside)
    lines: list[RealLine] = field(default_factory=list)
    nurses: list[Nurse] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    async def pair(self, name: str) -> Tablet:
        """Pair a tablet, and start it."""
        body = {"pairing_code": self.code, "name": f"{self.ward.name}, {name}"}
        reply = await self.client.post(f"{self.base_url}/api/devices", json=body)
        if reply.status_code not in (200, 201):
            raise DemoRefused(f"The server refused to pair a tablet ({reply.status_code}).")
        line = RealLine(self.base_url, self.clock, self.client)
        line.tablet = Tablet(reply.json(), line, self.die.getrandbits(62))
        line.tablet.start()
        self.lines.append(line)
        return line.tablet

    async def log_in(self, tablet: Tablet, person: Person) -> str:
        """Sign a person in on a tablet; return the session's id."""
        headers = {"authorization": f"Bearer {tablet.token}"}
        body = {"staff_id": person.staff_id, "pin": person.pin}
        reply = await self.client.post(f"{self.base_url}/api/sessions", json=body, headers=headers)
        if reply.status_code not in (200, 201):
            raise DemoRefused(f"The server refused to log {person.name} in ({reply.status_code}).")
        return tablet.sign_in(reply.json()).session_id

    async def put_on_duty(self, person: Person, duty: Json) -> None:
        """The visitor's person is on duty, but holds no tablet until the visitor logs in."""
        tablet = await self.pair("Desk")
        session_id = await self.log_in(tablet, person)
        tablet.save(person.staff_id, "duty_started", {"unit_id": self.ward.unit_id} | duty)
        await self.sent(tablet)
        url = f"{self.base_url}/api/sessions/{session_id}"
        await self.client.delete(url, headers={"authorization": f"Bearer {tablet.token}"})
        tablet.sign_out(person.staff_id)

    async def sent(self, tablet: Tablet) -> None:
        """Wait until everything on a tablet has its verdict and its replica has caught up."""
        for _ in range(600):
            if not tablet.storage.entries and tablet.rows("stay") and not tablet.asking:
                return
            await asyncio.sleep(0.1)
        raise DemoRefused(f"The server did not take the history of {self.ward.name} within a minute.")

    async def work(self, nurse: Nurse) -> None:
        """Let somebody do what she does; never returns."""
        person = next(p for p in self.ward.staff if p.staff_id == nurse.staff_id)
        signed_in_at = self.clock.now()
        while True:
            now = self.clock.now()
            if now - signed_in_at > 10 * HOUR:
                await self.log_in(nurse.tablet, person)
                signed_in_at = now
            next_at = nurse.wake(now) or now + HOUR
            await asyncio.sleep(max(1.0, (next_at - now) / SECOND))

    async def walk(self, line: RealLine, online_min: tuple[float, float], offline_min: tuple[float, float]) -> None:
        """In and out of dead spots; never returns."""
        while True:
            await asyncio.sleep(self.die.uniform(*online_min) * 60)
            await line.switch(online=False)
            await asyncio.sleep(self.die.uniform(*offline_min) * 60)
            await line.switch(online=True)

    async def close(self) -> None:
        """Hang up every tablet."""
        for line in self.lines:
            await line.close()
