"""A tablet's open socket, and who is told that people listen on it and that it rang."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

import structlog

from shared_schemas.wire import Ring

log = structlog.get_logger("live")
WAITING_RINGS = 200


@dataclass(slots=True, eq=False)
class Socket:
    """A tablet's open socket: where it stands in each feed, and what rings for the people on it.

    `welcomed`: those of them of whom it was told that they listen. `sums`: what is told after the frames that are due.
    Instants are of the loop's clock.
    """

    device_id: str
    staff_ids: set[str]
    feeds: set[str]
    cursors: dict[str, int] = field(default_factory=dict)
    extra: deque[str] = field(default_factory=lambda: deque(maxlen=WAITING_RINGS))
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    ended: str = ""
    hellos: int = 0
    welcomed: set[str] = field(default_factory=set)
    sums: list[str] = field(default_factory=list)
    silent_pings: int = 0
    opened_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    ping_at: float = 0.0

    def sign_in(self, staff_ids: Iterable[str], feeds: Iterable[str]) -> None:
        """These people are on the tablet now, and these feeds it may read."""
        self.staff_ids, self.feeds = set(staff_ids), set(feeds)
        for feed in self.cursors.keys() - self.feeds:
            del self.cursors[feed]

    def end(self, why: str) -> None:
        """Close it, also while it waits for a tablet that takes nothing any more; the first reason counts."""
        self.ended = self.ended or why
        self.awake.set()
        if not self.over.done():
            self.over.set_result(None)


async def _nothing_waits(*_: object) -> None:
    """Sockets by themselves know no alerts."""


@dataclass(slots=True)
class Ears:
    """What the composition root lets higher rooms hear, for they know what rings.

    `on_people(listening, came_back)`: who listens here now, and which of them did not a moment ago. `on_rung(rings)`:
    rings that another process sent and that sockets of this one were given.
    """

    on_people: Callable[[Collection[str], Collection[str]], Awaitable[None]] = _nothing_waits
    on_rung: Callable[[Sequence[Ring]], Awaitable[None]] = _nothing_waits

    async def welcome(self, sockets: Iterable[Socket]) -> None:
        """Tell who listens on these sockets since their hello; a failure is logged and ends no socket."""
        told = [(socket, set(socket.staff_ids)) for socket in sockets if socket.hellos and not socket.ended]
        listening = {staff_id for _, people in told for staff_id in people}
        if not listening:
            return
        came_back = {staff_id for socket, people in told for staff_id in people - socket.welcomed}
        try:
            await self.on_people(listening, came_back)
        except Exception:
            log.exception("not_welcomed", device_ids=sorted(socket.device_id for socket, _ in told))
            return
        for socket, people in told:
            socket.welcomed = people
