"""A shift whose server stands open, and Anna's own tablet that comes and goes."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from backend.app import Ward as Server
from backend.sync.hub.sockets import Ears
from tests.alerts.shift import Shift
from tests.cast import Person
from tests.live_socket import LiveSocket
from tests.tablet import Tablet

RINGS = """
select d.outcome, d.sound, t.sent_at from delivery d join alert_step t using (step_id)
where d.channel = 'ring' and t.alert_id = $1 order by d.ready_at
"""


@dataclass
class Listening:
    """The shift at the server's doors; `welcomes` notes each time that the server has done what a hello asks of it."""

    shift: Shift
    server: Server
    tablet: Tablet
    welcomes: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    @classmethod
    async def of(cls, shift: Shift, server: Server) -> "Listening":
        made = cls(shift, server, await Tablet.paired(server, shift.cast.east.unit_id))
        inner = server.hub.ears
        await made.tablet.sign_in(shift.cast.anna.staff_id)
        await made.tablet.pull()

        async def on_people(listening: Collection[str], came_back: Collection[str]) -> None:
            await inner.on_people(listening, came_back)
            made.welcomes.put_nowait(None)

        server.hub.ears = Ears(on_people, inner.on_rung)
        return made

    async def round(self, seconds: float = 0) -> None:
        """So much time passes, and the server does what is due by itself."""
        await self.server.advance(self.shift.now + timedelta(seconds=seconds))

    async def sent(self, seconds: float = 0) -> None:
        """The same after somebody else has written: its bell rings, as the safety tick would."""
        self.server.bells.ring()
        await self.round(seconds)

    @asynccontextmanager
    async def hello(self, tablet: Tablet | None = None) -> AsyncIterator[LiveSocket]:
        """A socket whose hello the server has answered."""
        async with (tablet or self.tablet).live() as socket:
            await asyncio.wait_for(self.welcomes.get(), 5)
            yield socket

    async def hello_again(self, socket: LiveSocket) -> None:
        """The same socket greets once more."""
        await socket.hello()
        await asyncio.wait_for(self.welcomes.get(), 5)

    async def heard(self, socket: LiveSocket) -> list[dict[str, Any]]:
        """The rings that have come by now."""
        await asyncio.sleep(0.1)
        frames = [socket.frames.get_nowait() for _ in range(socket.frames.qsize())]
        return [frame for frame in frames if frame["frame"] == "ring"]

    async def asking(self, alert_id: str) -> dict[str, Any]:
        """What a ring of the alert's first asking would name."""
        return {"alert_id": alert_id, "step_id": (await self.shift.alert(alert_id)).steps[0].step_id}

    async def tell(self, ring: dict[str, Any], kind: str = "shown") -> None:
        """The tablet's receipt of a ring."""
        receipt = {"alert_id": ring["alert_id"], "step_id": ring["step_id"], "kind": kind}
        reply = await self.tablet.http.post("/api/alerts/receipts", json=[receipt | {"at": self.shift.now.isoformat()}])
        assert reply.status_code == 204, reply.text

    async def outcomes(self, alert_id: str) -> list[str | None]:
        """How the rings of an alert ended."""
        return [row["outcome"] for row in await self.shift.database.pool.fetch(RINGS, alert_id)]

    async def proven(self, alert_id: str, person: Person) -> bool:
        """True when the row of proof of that person's asking says when it was sent."""
        rows = (await self.shift.alert(alert_id)).steps
        return any(row.staff_id == person.staff_id and row.sent_at is not None for row in rows)
