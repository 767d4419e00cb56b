"""A bad line delays, loses and repeats requests; what is said on one socket keeps its order, as TCP has it."""

import asyncio
import random
from datetime import datetime
from typing import Any

import msgspec

from tests.ward_sim.test_twin import DEVICE
from ward_sim.asgi_door import Socket
from ward_sim.faults import Faults
from ward_sim.instants import MINUTE
from ward_sim.tablet import Tablet
from ward_sim.virtual_line import Network, VirtualLine
from ward_sim.world import World

WORDS = [{"frame": "hello", "number": number} for number in range(40)]


class Listener:
    """The far end of the line: it writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    async def advance(self, _to: datetime) -> None:
        """Nothing is ever due."""

    async def connect(self, _path: str, _token: str) -> Socket:
        """Take every socket."""
        return Socket()

    async def tell(self, _socket: Socket, frame: dict[str, Any]) -> None:
        """Write it down."""
        self.told.append(frame)

    async def hang_up(self, _socket: Socket) -> None:
        """It is over."""


def _heard_on_a_slow_line(seed: int) -> list[dict[str, Any]]:
    world, listener = World(0), Listener()
    faults = Faults(**{**dict.fromkeys(Faults.__slots__, 0.0), "slow": 0.5})
    line = VirtualLine(Network(world, listener, faults), random.Random(seed))  # pyright: ignore[reportArgumentType]
    line.tablet = Tablet(DEVICE, line, seed)
    line.open_socket(line.tablet)
    asyncio.run(world.run(10_000))
    for number, word in enumerate(WORDS):
        world.at(10_000 + 100 * number, lambda word=word: line.send(word))
    asyncio.run(world.run(MINUTE))
    return listener.told


def test_no_frame_overtakes_another_on_the_same_socket() -> None:
    for seed in range(5):
        assert [frame for frame in _heard_on_a_slow_line(seed) if "number" in frame] == WORDS


class Ears:
    """A core that writes down what it hears, and asks for nothing."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def begin(self, seed: int) -> None:
        """Nothing is kept."""

    def step(self, event: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
        """Write it down."""
        self.heard.append(event)
        return []

    def summary(self, now: dict[str, Any]) -> dict[str, Any]:
        """What a tablet says of its clock when it ends."""
        return {"clock_quality": "unknown", "clock_offset_ms": 0}


def _heard_from_the_server(seed: int) -> list[dict[str, Any]]:
    world, ears = World(0), Ears()
    faults = Faults(**{**dict.fromkeys(Faults.__slots__, 0.0), "frame_slow": 0.3, "socket_cut": 0.02})
    line = VirtualLine(Network(world, Listener(), faults), random.Random(seed))  # pyright: ignore[reportArgumentType]
    tablet = line.tablet = Tablet(DEVICE, line, seed, core=ears)
    tablet.start()
    line.open_socket(tablet)
    asyncio.run(world.run(10_000))

    def say(word: dict[str, Any]) -> None:
        if line.socket is not None:
            line.socket.frames.append(msgspec.json.encode(word).decode())
            line.carry_frames()

    for number, word in enumerate(WORDS):
        world.at(10_000 + 100 * number, lambda word=word: say(word))
    asyncio.run(world.run(MINUTE))
    return ears.heard


def test_a_socket_that_loses_a_frame_is_dead() -> None:
    ends = set()
    for seed in range(20):
        heard = _heard_from_the_server(seed)
        words = [event["frame"] for event in heard if event["event"] == "frame" and "number" in event["frame"]]
        closed = any(event["event"] == "socket_closed" for event in heard)
        assert words == WORDS[: len(words)]
        assert closed or words == WORDS
        ends.add(closed)
    assert ends == {True, False}
