"""The virtual network between tablets and the server: it loses, repeats, delays and refuses, by a seeded die."""

import random
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import msgspec

from ward_sim.asgi_door import AsgiDoor, Reply, Socket
from ward_sim.faults import Counts, Faults
from ward_sim.instants import MINUTE, SECOND, instant, instant_text
from ward_sim.judge.witness import Witness
from ward_sim.line import Heard
from ward_sim.tablet import Tablet
from ward_sim.world import Happening, World

Json = dict[str, Any]
TIME_OUT = 10 * SECOND
PING = 40 * SECOND
_ONE_MOMENT = 5 * SECOND
_ON_ITS_WAY = 30


@dataclass(slots=True)
class Network:
    """What all lines share: the door, its clock, the fates, and the book of what arrived when."""

    world: World
    door: AsgiDoor
    faults: Faults
    counts: Counts = field(default_factory=Counts)
    arrived_at: dict[str, int] = field(default_factory=dict)
    lines: list["VirtualLine"] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    stepped_at: int = 0
    settles_at: int = 0

    async def ask(self, method: str, path: str, body: Any, token: str) -> Reply:
        """Let the server answer one request now, with everything done that was due before it."""
        await self.step_clock()
        reply = await self.door.request(method, path, body, token=token)
        if path == "/api/sync/entries" and reply.status == 200 and reply.json:
            for verdict in reply.json["verdicts"]:
                if verdict["verdict"] != "later":
                    self.arrived_at.setdefault(verdict["entry_id"], self.world.now)
        self.settle_soon()
        return reply

    async def step_clock(self) -> None:
        """Bring the server's clock up to ours, unless it is hardly behind: requests of one moment share a step."""
        if self.world.now - self.stepped_at >= _ONE_MOMENT:
            self.stepped_at = self.world.now
            await self.door.advance(instant(self.world.now))

    def settle_soon(self) -> None:
        """Let the server act on what it was told within a moment; what many tell it in that moment, it does once."""
        if self.settles_at <= self.world.now:
            self.settles_at = self.world.now + _ONE_MOMENT
            self.world.at(self.settles_at, self.advance)

    async def advance(self) -> None:
        """Let the server do what is due now, and carry off what it sends."""
        self.stepped_at = self.world.now
        await self.door.advance(instant(self.world.now))
        for witness in self.witnesses:
            await witness.look(self.world.now)
        for line in self.lines:
            line.carry_frames()


class VirtualLine:
    """One tablet's line. Its device's clock is wrong by `skew_ms`."""

    def __init__(self, network: Network, die: random.Random, skew_ms: int = 0) -> None:
        self.network = network
        self.world = network.world
        self.die = die
        self.skew_ms = skew_ms
        self.offline_since: int | None = None
        # No outage that was planned takes place any more.
        self.is_mended = False
        self.socket: Socket | None = None
        self.tablet: Tablet | None = None
        self._sent = 0
        self._last_arrival = 0
        self._timer_at: float | None = None
        self._dials = 0
        # When the last frame arrives that is under way, to the server and from it.
        self._arrives_at = self._told_at = 0
        network.lines.append(self)

    def device_now(self) -> int:
        """The device's own clock."""
        return self.world.now + self.skew_ms

    def now(self) -> Json:
        """The device's clocks."""
        return {"wall_ms": self.device_now(), "mono_ms": self.world.now}

    def ask(self, tablet: Tablet, method: str, path: str, body: Json | None, heard: Heard) -> None:
        """Send a request; its bytes are fixed now."""
        asked = (method, path, msgspec.json.decode(msgspec.json.encode(body)))
        faults, counts = self.network.faults, self.network.counts
        counts.requests += 1
        if self.offline_since is not None:
            self._fail(heard, self.die.randrange(SECOND, TIME_OUT))
            return
        if self.die.random() < faults.dropped:
            counts.requests_dropped += 1
            self._fail(heard, TIME_OUT)
            return
        if self.die.random() < faults.refused:
            counts.refused += 1
            status = self.die.choice([401, 401, 503, 200])
            reply = {"status": status} if status != 200 else None
            self.world.after(self._latency(), lambda: heard(status, reply, None))
            return
        copies = 1
        if self.die.random() < faults.duplicated:
            counts.duplicated += 1
            copies = 2
        for copy in range(copies):
            self._sent += 1
            number = self._sent
            delay = self._latency() + copy * self.die.randrange(SECOND, MINUTE)
            self.world.after(delay, lambda n=number: self._deliver(tablet.token, n, asked, heard))

    async def _deliver(self, token: str, number: int, asked: tuple[str, str, Any], heard: Heard) -> None:
        counts = self.network.counts
        if number < self._last_arrival:
            counts.reordered += 1
        self._last_arrival = max(number, self._last_arrival)
        reply = await self.network.ask(*asked, token)
        lost = self.die.random() < self.network.faults.answer_dropped
        if lost or self.offline_since is not None:
            counts.requests_dropped += 1
            self._fail(heard, TIME_OUT)
            return
        self.world.after(self._latency(), lambda: heard(reply.status, reply.json, None))

    def _fail(self, heard: Heard, ms: int) -> None:
        self.world.after(ms, lambda: heard(0, None, None))

    def _latency(self) -> int:
        slow = self.die.random() < self.network.faults.slow
        return self.die.randrange(SECOND, 8 * SECOND) if slow else self.die.randrange(8, 120)

    def set_timer(self, tablet: Tablet, at_mono_ms: float | None) -> None:
        """Ring at an instant of the monotonic clock, in the place of any asked for before."""
        self._timer_at = at_mono_ms
        if at_mono_ms is not None:
            self.world.at(ceil(at_mono_ms), lambda: self._ring_timer(tablet, at_mono_ms))

    def _ring_timer(self, tablet: Tablet, at_mono_ms: float) -> None:
        if self._timer_at == at_mono_ms:
            self._timer_at = None
            tablet.hear({"event": "timer"})

    def open_socket(self, tablet: Tablet) -> None:
        """Dial, unless there is no network."""
        self._dials += 1
        number = self._dials
        self.world.after(self._latency(), lambda: self._dial(tablet, number))

    async def _dial(self, tablet: Tablet, number: int) -> None:
        if number != self._dials:
            return
        if self.offline_since is not None:
            tablet.hear({"event": "socket_closed"})
            return
        await self.network.step_clock()
        socket = await self.network.door.connect("/api/sync/live", tablet.token)
        if socket.closed:
            tablet.hear({"event": "socket_closed"})
            return
        self.socket, self._arrives_at, self._told_at = socket, 0, 0
        tablet.hear({"event": "socket_opened"})
        self.world.after(PING, lambda: self._ping(tablet, socket))

    def _ping(self, tablet: Tablet, socket: Socket) -> None:
        """What keeps a socket alive: a stepped server does not ping, for its sockets live in another time."""
        if self.socket is socket and self.offline_since is None:
            self._tell(tablet, socket, {"frame": "ping", "at": instant_text(self.world.now)}, 0)
            self.world.after(PING, lambda: self._ping(tablet, socket))

    def close_socket(self) -> None:
        """Hang up; what was on its way on this socket is gone."""
        self._dials += 1
        socket, self.socket = self.socket, None
        if socket is not None:
            self.world.after(0, lambda: self.network.door.hang_up(socket))

    def send(self, frame: Json) -> None:
        """Send a frame in a while, if the socket is still the same."""
        socket = self.socket
        if frame["frame"] == "pong":
            return

        async def tell() -> None:
            if socket is not None and self.socket is socket and self.offline_since is None:
                await self.network.step_clock()
                await self.network.door.tell(socket, frame)
                self.network.settle_soon()

        self._in_turn(tell)

    def _in_turn(self, tell: Happening) -> None:
        """Let a frame arrive in a while, after those that were sent before it: nothing overtakes on one socket."""
        self._arrives_at = max(self._arrives_at, self.world.now + self._latency())
        self.world.at(self._arrives_at, tell)

    def carry_frames(self) -> None:
        """Take what the server sent; it arrives in its order, some of it late, until the socket ends."""
        socket = self.socket
        if socket is None or self.tablet is None:
            return
        for frame in socket.take_frames():
            if self.offline_since is not None:
                continue
            self._carry(self.tablet, socket, frame)
        if socket.closed and self.socket is socket:
            self.socket = None
            self.tablet.hear({"event": "socket_closed"})

    def _carry(self, tablet: Tablet, socket: Socket, frame: Json) -> None:
        """A socket loses no single frame: it is cut, and what was behind goes with it."""
        if frame["frame"] in {"upto", "same"}:
            # It comes by the server's wall clock: it must not move the die, or a seed would not repeat.
            self._tell(tablet, socket, frame, _ON_ITS_WAY)
            return
        faults = self.network.faults
        roll = self.die.random()
        if roll < faults.socket_cut:
            self.world.after(_ON_ITS_WAY, lambda: self._cut(tablet, socket))
            return
        late = roll < faults.socket_cut + faults.frame_slow
        self._tell(tablet, socket, frame, self.die.randrange(SECOND, 20 * SECOND) if late else _ON_ITS_WAY)

    def _tell(self, tablet: Tablet, socket: Socket, frame: Json, delay: int) -> None:
        """Let a frame of the server's arrive in a while, after those that it sent before."""

        def tell() -> None:
            if self.socket is socket:
                tablet.hear({"event": "frame", "frame": frame})

        self._told_at = max(self._told_at, self.world.now + delay)
        self.world.at(self._told_at, tell)

    def _cut(self, tablet: Tablet, socket: Socket) -> None:
        if self.socket is socket:
            self.close_socket()
            tablet.hear({"event": "socket_closed"})

    def go_offline(self) -> None:
        """The network is gone, unless it has been mended for good; both ends notice."""
        if self.offline_since is None and not self.is_mended:
            self.offline_since = self.world.now
            if self.socket is not None and self.tablet is not None:
                self.close_socket()
                self.tablet.hear({"event": "socket_closed"})

    def restart(self) -> None:
        """The app dies at whatever it is doing and opens again."""
        if self.tablet is not None:
            self.tablet.start()

    def go_online(self) -> None:
        """The network is back."""
        if self.offline_since is None or self.tablet is None:
            return
        self.network.counts.offline_ms += self.world.now - self.offline_since
        self.offline_since = None
        self.tablet.hear({"event": "network_up"})

    def show_ring(self, tablet: Tablet, ring: Json) -> None:
        """The screen shows the asking; the receipt goes out on the same bad line, and again until it is taken."""
        at = instant_text(self.device_now())
        names = {"alert_id": ring["alert_id"], "step_id": ring["step_id"]}
        receipt = [{**names, "kind": "shown", "at": at}]

        async def tell(tries: int = 5) -> None:
            lost = self.offline_since is not None or self.die.random() < 0.05
            if lost:
                if tries:
                    self.world.after(5 * SECOND, lambda: tell(tries - 1))
                return
            await self.network.ask("POST", "/api/alerts/receipts", receipt, tablet.token)

        self.world.after(self._latency(), tell)
