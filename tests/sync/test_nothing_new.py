"""What it costs to come back when nothing happened, on a real line: every byte of it, the frames' own headers too."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import uvicorn
import websockets

from bench.offline.relay import Relay, relaying
from tests.sync.conftest import Scene

HOST = "127.0.0.1"
NOTES = 20
MOST_BYTES = 300
MOST_BYTES_ON_AN_OPEN_SOCKET = 60


@asynccontextmanager
async def line_to(scene: Scene) -> AsyncIterator[tuple[Relay, websockets.ClientConnection]]:
    """The server behind uvicorn as it is served, and a socket of Anna's tablet to it over a line that counts."""
    listening, free = sockets.create_server((HOST, 0)), sockets.create_server((HOST, 0))
    port = free.getsockname()[1]
    free.close()
    config = uvicorn.Config(
        scene.server, ws="websockets-sansio", ws_per_message_deflate=True, lifespan="off", log_level="warning"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    proof = {"authorization": f"Bearer {scene.tablet.token}"}
    try:
        async with (
            relaying(port, listening.getsockname()[1]) as line,
            websockets.connect(f"ws://{HOST}:{port}/api/sync/live", additional_headers=proof) as socket,
        ):
            yield line, socket
    finally:
        server.should_exit = True
        await serving


async def cost_of_hello(scene: Scene, line: Relay, socket: websockets.ClientConnection, number: int) -> int:
    cursors = scene.tablet.cursors
    assert len(cursors) == 3  # the reference tables, the unit, and who is signed in
    line.reset()
    # As the app says it: in the order in which its feeds became known, with what waits in the outbox.
    hello = {"frame": "hello", "subscriptions": cursors, "outbox_depth": 0}
    await socket.send(msgspec.json.encode(hello).decode())
    told = msgspec.json.decode(await socket.recv())
    assert told == {"frame": "same", "hello": number, "sums": [scene.tablet.checksum(feed) for feed in cursors]}
    return line.total


async def test_coming_back_with_nothing_new_costs_a_few_bytes_however_much_the_tablet_has(scene: Scene) -> None:
    await scene.tablet.pull()
    async with line_to(scene) as (line, socket):
        before = [await cost_of_hello(scene, line, socket, number) for number in (1, 2)]
    for number in range(NOTES):
        await scene.tablet.say(scene.anna, scene.note(f"note {number}"))
    await scene.tablet.pull()
    async with line_to(scene) as (line, socket):
        after = [await cost_of_hello(scene, line, socket, number) for number in (1, 2)]
    assert max(before + after) <= MOST_BYTES
    assert max(before[1], after[1]) <= MOST_BYTES_ON_AN_OPEN_SOCKET
    assert max(after) - max(before) <= 20  # ids and sums pack now better, now worse
