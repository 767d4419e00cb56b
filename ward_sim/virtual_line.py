"""The virtual network between tablets and the server: it loses, repeats, delays and refuses, by a seeded die."""

import random
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ward_sim.asgi_door import AsgiDoor, Reply, Socket
from ward_sim.instants import MINUTE, SECOND, instant, instant_text
from ward_sim.judge.witness import Witness
from ward_sim.tablet import Tablet
from ward_sim.twin import actions, events
from ward_sim.world import World

Json = dict[str, Any]
TIME_OUT = 10 * SECOND
_ONE_MOMENT = 5 * SECOND


@dataclass(slots=True)
class Faults:
    """Shares of messages that suffer each fate."""

    dropped: float = 0.04
    answer_dropped: float = 0.04
    duplicated: float = 0.05
    slow: float = 0.06
    refused: float = 0.03
    frame_dropped: float = 0.005
    frame_duplicated: float = 0.01
    frame_slow: float = 0.01


@dataclass(slots=True)
class Counts:
    """What the network did, for the report."""

    requests: int = 0
    requests_dropped: int = 0
    duplicated: int = 0
    reordered: int = 0
    refused: int = 0
    offline_ms: int = 0


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
        self._frames = 0
        self._last_frame = 0
        self._timers: dict[str, int] = {}
        network.lines.append(self)

    def device_now(self) -> int:
        """The device's own clock."""
        return self.world.now + self.skew_ms

    def post(self, tablet: Tablet, action: actions.Post) -> None:
        """Send a push; its bytes are fixed now."""
        body = msgspec.json.decode(msgspec.json.encode(action.push))
        self._send(tablet, action.request_id, "POST", "/api/sync/entries", body)

    def fetch(self, tablet: Tablet, action: actions.Fetch) -> None:
        """Send a GET."""
        self._send(tablet, action.request_id, "GET", action.path, None)

    def _send(self, tablet: Tablet, request_id: int, method: str, path: str, body: Any) -> None:
        faults, counts = self.network.faults, self.network.counts
        counts.requests += 1
        if self.offline_since is not None:
            self._fail(tablet, request_id, self.die.randrange(SECOND, TIME_OUT))
            return
        if self.die.random() < faults.dropped:
            counts.requests_dropped += 1
            self._fail(tablet, request_id, TIME_OUT)
            return
        if self.die.random() < faults.refused:
            counts.refused += 1
            status = self.die.choice([401, 401, 503, 200])
            reply = {"status": status} if status != 200 else None
            answered = events.Answered(request_id, status, reply)
            self.world.after(self._latency(), lambda: self._hear(tablet, answered))
            return
        copies = 1
        if self.die.random() < faults.duplicated:
            counts.duplicated += 1
            copies = 2
        for copy in range(copies):
            self._sent += 1
            number = self._sent
            delay = self._latency() + copy * self.die.randrange(SECOND, MINUTE)
            self.world.after(delay, lambda n=number: self._deliver(tablet, n, request_id, (method, path, body)))

    async def _deliver(self, tablet: Tablet, number: int, request_id: int, asked: tuple[str, str, Any]) -> None:
        counts = self.network.counts
        if number < self._last_arrival:
            counts.reordered += 1
        self._last_arrival = max(number, self._last_arrival)
        reply = await self.network.ask(*asked, tablet.token)
        lost = self.die.random() < self.network.faults.answer_dropped
        if lost or self.offline_since is not None:
            counts.requests_dropped += 1
            self._fail(tablet, request_id, TIME_OUT)
            return
        answered = events.Answered(request_id, reply.status, reply.json)
        self.world.after(self._latency(), lambda: self._hear(tablet, answered))

    def _fail(self, tablet: Tablet, request_id: int, ms: int) -> None:
        self.world.after(ms, lambda: self._hear(tablet, events.RequestFailed(request_id)))

    @staticmethod
    def _hear(tablet: Tablet, event: events.Event) -> None:
        tablet.hear(event)

    def _latency(self) -> int:
        slow = self.die.random() < self.network.faults.slow
        return self.die.randrange(SECOND, 8 * SECOND) if slow else self.die.randrange(8, 120)

    def set_timer(self, tablet: Tablet, action: actions.SetTimer) -> None:
        """Ring at a device instant; a later timer of the same name replaces an earlier one."""
        self._timers[action.name] = action.at_ms
        self.world.at(action.at_ms - self.skew_ms, lambda: self._ring_timer(tablet, action))

    def _ring_timer(self, tablet: Tablet, action: actions.SetTimer) -> None:
        if self._timers.get(action.name) == action.at_ms:
            del self._timers[action.name]
            tablet.hear(events.Timer(action.name))

    def open_socket(self, tablet: Tablet) -> None:
        """Dial, unless there is no network."""
        self.world.after(self._latency(), lambda: self._dial(tablet))

    async def _dial(self, tablet: Tablet) -> None:
        if self.socket is not None:
            return
        if self.offline_since is not None:
            tablet.hear(events.SocketClosed())
            return
        await self.network.step_clock()
        self.socket = await self.network.door.connect("/api/sync/live", tablet.token)
        if self.socket.closed:
            self.socket = None
            tablet.hear(events.SocketClosed())
            return
        tablet.hear(events.SocketOpened())

    def send(self, frame: Json) -> None:
        """Send a frame in a while, if the socket is still the same."""
        socket = self.socket

        async def tell() -> None:
            if socket is not None and self.socket is socket and self.offline_since is None:
                await self.network.step_clock()
                await self.network.door.tell(socket, frame)
                self.network.settle_soon()

        self.world.after(30 if frame["frame"] == "pong" else self._latency(), tell)

    def carry_frames(self) -> None:
        """Take what the server sent, and let it arrive late, twice or not at all."""
        socket = self.socket
        if socket is None or self.tablet is None:
            return
        for frame in socket.take_frames():
            if self.offline_since is not None:
                continue
            self._carry(self.tablet, frame)
        if socket.closed and self.socket is socket:
            self.socket = None
            self.tablet.hear(events.SocketClosed())

    def _carry(self, tablet: Tablet, frame: Json) -> None:
        if frame["frame"] in ("ping", "upto"):
            # These come by the server's wall clock: they must not move the die, or a seed would not repeat.
            self.world.after(30, lambda: tablet.hear(events.Frame(frame)))
            return
        faults = self.network.faults
        roll = self.die.random()
        if roll < faults.frame_dropped:
            return
        times = 2 if roll < faults.frame_dropped + faults.frame_duplicated else 1
        for _ in range(times):
            self._frames += 1
            number = self._frames
            late = self.die.random() < faults.frame_slow
            delay = self.die.randrange(SECOND, 20 * SECOND) if late else 30
            self.world.after(delay, lambda n=number: self._show(tablet, n, frame))

    def _show(self, tablet: Tablet, number: int, frame: Json) -> None:
        if number < self._last_frame:
            self.network.counts.reordered += 1
        self._last_frame = max(number, self._last_frame)
        tablet.hear(events.Frame(frame))

    async def go_offline(self) -> None:
        """The network is gone, unless it has been mended for good; both ends notice."""
        if self.offline_since is None and not self.is_mended:
            self.offline_since = self.world.now
            await self._cut_socket()

    async def restart(self) -> None:
        """The app dies at whatever it is doing and opens again."""
        await self._cut_socket()
        if self.tablet is not None:
            self.tablet.start()

    async def _cut_socket(self) -> None:
        socket, self.socket = self.socket, None
        if socket is not None:
            await self.network.door.hang_up(socket)
            if self.tablet is not None:
                self.tablet.hear(events.SocketClosed())

    def go_online(self) -> None:
        """The network is back."""
        if self.offline_since is None or self.tablet is None:
            return
        self.network.counts.offline_ms += self.world.now - self.offline_since
        self.offline_since = None
        self.tablet.hear(events.NetworkUp())

    def show_ring(self, tablet: Tablet, frame: Json) -> None:
        """The screen shows the asking; the receipt goes out on the same bad line, and again until it is taken."""
        at = instant_text(self.device_now())
        names = {"alert_id": frame["alert_id"], "step_id": frame["step_id"]}
        receipt = [{**names, "kind": "shown", "at": at}]

        async def tell(tries: int = 5) -> None:
            lost = self.offline_since is not None or self.die.random() < 0.05
            if lost:
                if tries:
                    self.world.after(5 * SECOND, lambda: tell(tries - 1))
                return
            await self.network.ask("POST", "/api/alerts/receipts", receipt, tablet.token)

        self.world.after(self._latency(), tell)
