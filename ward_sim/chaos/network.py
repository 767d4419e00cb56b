"""The network of a seed: what all lines share, and what becomes of messages beyond what a bad day does to them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ward_sim.asgi_door import Reply, Socket
from ward_sim.chaos.server import MortalServer, ServerDown
from ward_sim.instants import SECOND, instant
from ward_sim.line import Heard
from ward_sim.tablet import Tablet
from ward_sim.virtual_line import PING, TIME_OUT, Network, VirtualLine

Json = dict[str, Any]
PUSH = "/api/sync/entries"
_MEETS_WITHIN = 4 * SECOND
# What a gateway says that has not read the batch: JSON of ours, or a page of its own.
_GARBAGE = "html"


@dataclass(slots=True, eq=False)
class _Waiting:
    """A push that waits at the door for another, so that both are answered at once."""

    line: "ChaosLine"
    asked: tuple[str, str, Any]
    token: str
    heard: Heard
    is_over: bool = False


class ChaosNetwork(Network):
    """As a day's network, before a server that may die. `taps` see everything that passes."""

    door: MortalServer  # pyright: ignore[reportIncompatibleVariableOverride]

    def open(self, die: random.Random, downtime: Callable[[], int]) -> None:
        """Before the first message."""
        self.die, self.downtime = die, downtime
        self.taps: list[Any] = []
        self.meetings = 0
        self.together = 0
        self.refused_entries: dict[str, int] = {}
        self._waiting: _Waiting | None = None
        self.door.on_death = self._rise_again

    def _rise_again(self) -> None:
        """Sockets break; somebody starts the server again."""
        for line in self.lines:
            self.world.after(self.die.randrange(10, 500), line.carry_frames)
        self.world.after(self.downtime(), self.start_server)

    async def start_server(self) -> None:
        """A new server, unless one runs."""
        if not self.door.is_up:
            self.stepped_at = self.world.now
            await self.door.start(instant(self.world.now))

    async def advance(self) -> None:
        """As on a good day; a server that is down does nothing."""
        try:
            await super().advance()
        except ServerDown:
            return

    async def step_clock(self) -> None:
        """As on a good day; ServerDown when nobody is there."""
        if not self.door.is_up:
            raise ServerDown
        await super().step_clock()

    async def deliver(self, line: "ChaosLine", token: str, asked: tuple[str, str, Any], heard: Heard) -> None:
        """Bring one request to the server now, or let it wait for another push."""
        if asked[1] == PUSH and self.meetings > 0 and self.door.is_up:
            other, self._waiting = self._waiting, None
            if other is not None and other.line is not line and not other.is_over:
                other.is_over = True
                self.meetings -= 1
                await self._both(other, _Waiting(line, asked, token, heard))
                return
            waiting = self._waiting = _Waiting(line, asked, token, heard)
            self.world.after(_MEETS_WITHIN, lambda: self._alone(waiting))
            return
        await self._one(line, asked, token, heard)

    async def _alone(self, waiting: _Waiting) -> None:
        if not waiting.is_over:
            waiting.is_over = True
            await self._one(waiting.line, waiting.asked, waiting.token, waiting.heard)

    async def _one(self, line: "ChaosLine", asked: tuple[str, str, Any], token: str, heard: Heard) -> None:
        try:
            reply = await self.ask(*asked, token)
        except ServerDown:
            line.fails(heard)
            return
        line.answer(asked, reply, heard)

    async def _both(self, one: _Waiting, other: _Waiting) -> None:
        """Two pushes at once, whose statements take turns by the die."""
        self.together += 1
        try:
            await self.step_clock()
            asks = [self.door.asking(*each.asked, each.token) for each in (one, other)]
            replies = await self.door.together(asks, self.die)
        except ServerDown:
            replies = [None, None]
        for each, reply in zip((one, other), replies, strict=True):
            if reply is None:
                each.line.fails(each.heard)
            else:
                each.line.answer(each.asked, reply, each.heard)
        self.settle_soon()


class ChaosLine(VirtualLine):
    """A tablet's line that also breaks in one direction only, meets gateways that refuse, and jumps in time.

    `number`: the tablet's place in the scenario. `is_deaf`: nothing comes in; `is_mute`: nothing goes out.
    """

    network: ChaosNetwork  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, network: ChaosNetwork, die: random.Random, number: int, skew_ms: int) -> None:
        super().__init__(network, die, skew_ms)
        self.number = number
        self.is_deaf = self.is_mute = False
        self.refusals: list[int | str] = []
        self.newer_server = False
        self.dialled: list[int] = []
        self.carried: list[Json] = []
        self._unheard: list[Json] = []
        self._deaf_socket: Socket | None = None

    def ask(self, tablet: Tablet, method: str, path: str, body: Json | None, heard: Heard) -> None:
        """Send a request, unless a gateway answers it or the line is cut."""
        refused = self._refused(path, body)
        if self.offline_since is None and not self.is_mute and not self.is_deaf and refused is not None:
            self.network.counts.refused += 1
            status, reply = (502, None) if refused == _GARBAGE else (int(refused), {"status": refused, "title": "No."})
            if refused == 413:
                reply = None
            for tap in self.network.taps:
                tap.sent(self, method, path, body)
            self.world.after(self._latency(), lambda: heard(status, reply, None))
            return
        for tap in self.network.taps:
            tap.sent(self, method, path, body)
        if self.is_mute and self.offline_since is None:
            self._fail(heard, TIME_OUT)
            return
        super().ask(tablet, method, path, body, heard)

    def _refused(self, path: str, body: Json | None) -> int | str | None:
        if path != PUSH or body is None:
            return None
        known = self.network.refused_entries
        for entry in body["entries"]:
            if entry["entry_id"] in known:
                return known[entry["entry_id"]]
        return self.refusals.pop(0) if self.refusals else None

    async def _deliver(self, token: str, number: int, asked: tuple[str, str, Any], heard: Heard) -> None:
        counts = self.network.counts
        counts.reordered += number < self._last_arrival
        self._last_arrival = max(number, self._last_arrival)
        await self.network.deliver(self, token, asked, heard)

    def answer(self, asked: tuple[str, str, Any], reply: Reply, heard: Heard) -> None:
        """The server has answered; that may be lost on the way back."""
        lost = self.die.random() < self.network.faults.answer_dropped
        if lost or self.offline_since is not None or self.is_deaf:
            self.network.counts.requests_dropped += 1
            self._fail(heard, TIME_OUT)
            return
        for tap in self.network.taps:
            tap.answered(self, asked, reply)
        told = _with_new_fields(reply.json) if self.newer_server else reply.json
        self.world.after(self._latency(), lambda: heard(reply.status, told, None))

    def fails(self, heard: Heard) -> None:
        """Nobody answered."""
        self._fail(heard, self.die.choice((50, TIME_OUT)))

    async def _dial(self, tablet: Tablet, number: int) -> None:
        self.dialled.append(self.world.now)
        if self.is_mute or self.is_deaf or not self.network.door.is_up:
            if number == self._dials:
                tablet.hear({"event": "socket_closed"})
            return
        try:
            await super()._dial(tablet, number)
        except ServerDown:
            tablet.hear({"event": "socket_closed"})

    def _ping(self, tablet: Tablet, socket: Socket) -> None:
        """Word that the server lives comes through where anything does."""
        if self.socket is socket and (self.is_deaf or not socket.flows.is_set()):
            self.world.after(PING, lambda: self._ping(tablet, socket))
            return
        super()._ping(tablet, socket)

    def send(self, frame: Json) -> None:
        """Send a frame in a while, if the socket is still the same and the line takes it."""
        socket = self.socket
        if frame["frame"] == "pong":
            return

        async def tell() -> None:
            if socket is None or self.socket is not socket or self.offline_since is not None:
                return
            if self.is_mute:
                # No single frame is lost on a socket: the socket ends.
                self.break_socket()
                return
            try:
                await self.network.step_clock()
                await self.network.door.tell(socket, frame)
                self.network.settle_soon()
            except ServerDown:
                return

        self._in_turn(tell)

    def _carry(self, tablet: Tablet, socket: Socket, frame: Json) -> None:
        if self.is_deaf:
            self._unheard.append(frame)
            return
        for tap in self.network.taps:
            tap.framed(self, frame)
        if frame["frame"] == "delta":
            self.carried.append(frame)
        told = _with_new_fields(frame) if self.newer_server else frame
        super()._carry(tablet, socket, told)

    def go_deaf(self) -> None:
        """Nothing comes in any more: no answer, and no frame until it may again, if the socket lives so long."""
        if not self.is_deaf:
            self.is_deaf, self._deaf_socket, self._unheard = True, self.socket, []

    def hear_again(self) -> None:
        """What comes in arrives; what was sent on a socket meanwhile comes first."""
        self.is_deaf = False
        frames, self._unheard = self._unheard, []
        if self._deaf_socket is self.socket and self.socket is not None and self.tablet is not None:
            for frame in frames:
                self._carry(self.tablet, self.socket, frame)

    def break_socket(self) -> None:
        """The socket ends, and both ends notice."""
        if self.socket is not None and self.tablet is not None:
            self.close_socket()
            self.tablet.hear({"event": "socket_closed"})

    def stick(self) -> None:
        """The line takes nothing more of what the server sends on this socket."""
        if self.socket is not None:
            self.socket.flows.clear()

    def unstick(self) -> None:
        """It does again."""
        if self.socket is not None:
            self.socket.flows.set()

    def show_ring(self, tablet: Tablet, ring: Json) -> None:
        """A ring is shown; here nobody goes by its receipts."""


def _with_new_fields(told: Any) -> Any:
    """What a newer server sends: each row has a field that this tablet has never heard of."""
    if not isinstance(told, dict):
        return told
    for name in ("changes", "rows"):
        if isinstance(told.get(name), list):
            rows = [_newer(row) for row in told[name]]
            return {**told, name: rows}
    return told


def _newer(row: Json) -> Json:
    if not isinstance(row.get("row"), dict):
        return row
    return {**row, "row": {**row["row"], NEW_FIELD: row["version"]}}


NEW_FIELD = "of_a_newer_server"
