"""A bad line delays, loses and repeats requests; what is said on one socket keeps its order, as TCP has it."""

import asyncio
import random
from datetime import datetime
from typing import Any

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
