"""The live socket: hello and pongs in, frames out."""

import asyncio
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect

from backend.access.queries import SignedDevice, device_of
from backend.access.routes import token_in
from backend.access.rules import feeds_of
from backend.clock import Clock
from backend.db import Database, reading
from backend.errors import NotSignedIn
from backend.sync.actions.tablets import note_contact
from backend.sync.deliver import send_frames
from backend.sync.hub import Hub, encoded
from backend.sync.hub.sockets import Socket
from shared_schemas.wire import Hello, Ping, Pong

HELLO_S = 10
PING_S = 20
LARGEST_FRAME = 64 * 1024
# 1000 + status of HTTP, so that a tablet treats both alike; 1012 is "service restart" of RFC 6455's registry.
NOT_SIGNED_IN, BAD_FRAME, SILENT, RESTART = 4401, 4400, 4408, 1012
CODES = {"revoked": NOT_SIGNED_IN, "bad_frame": BAD_FRAME, "silent": SILENT, "restart": RESTART}
_frames = msgspec.json.Decoder(Hello | Pong)


@websocket("/api/sync/live")
async def live(
    socket: WebSocket[Any, Any, Any],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    hub: NamedDependency[Hub],
) -> None:
    """Frames of the tablet's feeds as they happen."""
    device = await _device(socket, database, clock)
    if device is None:
        await socket.close(code=NOT_SIGNED_IN)
        return
    await socket.accept()
    opened = Socket(device.device_id, set(device.staff_ids), set(feeds_of(device.unit_id, device.staff_ids)))
    hub.sockets.add(opened)
    listening = asyncio.create_task(_listen(socket, opened, hub, database, clock))
    sending = asyncio.create_task(send_frames(hub, opened, socket.send_text))
    watching = asyncio.create_task(_watch(opened, hub, clock))
    tasks = {listening, sending, watching}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.sockets.discard(opened)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    if not any(isinstance(end, WebSocketDisconnect) for end in ends):
        await socket.close(code=CODES.get(opened.ended, RESTART))


async def _device(socket: WebSocket[Any, Any, Any], database: Database, clock: Clock) -> SignedDevice | None:
    try:
        token = token_in(socket.headers, socket.cookies)
    except NotSignedIn:
        return None
    async with reading(database) as connection:
        return await device_of(connection, token, clock.now())


async def _listen(socket: WebSocket[Any, Any, Any], opened: Socket, hub: Hub, database: Database, clock: Clock) -> None:
    """Take the tablet's frames. A frame that can not be read, or another tablet's hello, ends the socket."""
    while True:
        text = await socket.receive_text()
        opened.silent_pings = 0
        frame = _read(text)
        if isinstance(frame, Hello) and frame.device == opened.device_id:
            opened.extra.extend(await hub.subscribe(opened, frame.subscriptions))
            opened.greeted = True
            opened.awake.set()
        elif not isinstance(frame, Pong):
            opened.ended = "bad_frame"
            return
        if not await note_contact(database, clock.now(), opened.device_id):
            opened.ended = "revoked"
            return
        if isinstance(frame, Hello):
            await hub.ears.welcome([opened])


def _read(text: str) -> Hello | Pong | None:
    if len(text) > LARGEST_FRAME:
        return None
    try:
        return _frames.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


async def _watch(opened: Socket, hub: Hub, clock: Clock) -> None:
    """Ping, and end a socket that stays silent for two pings or never says hello."""
    if not hub.pings:
        await asyncio.Event().wait()
    await asyncio.sleep(HELLO_S)
    if not opened.greeted:
        opened.ended = "silent"
        return
    while opened.silent_pings < 2:
        opened.silent_pings += 1
        opened.extra.append(encoded(Ping(at=clock.now())))
        opened.extra.extend(await hub.sums(opened))
        opened.awake.set()
        await asyncio.sleep(PING_S)
    opened.ended = "silent"
