"""The live socket: hello and pongs in, frames out."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect

from backend.access.queries import SignedDevice
from backend.access.routes import token_in
from backend.access.rules import feeds_of
from backend.errors import NotSignedIn, UpdateNeeded
from backend.sync.deliver import send_frames
from backend.sync.hub import Hub
from backend.sync.hub.sockets import Socket
from backend.sync.routes.doors import refuse_the_too_old
from shared_schemas.wire import Hello, Pong

CLOSE_S = 5
LARGEST_FRAME = 64 * 1024
# 4000 + status of HTTP, so that a tablet treats both alike; 1012 is "service restart" of RFC 6455's registry.
NOT_SIGNED_IN, BAD_FRAME, SILENT, UPDATE_NEEDED, RESTART = 4401, 4400, 4408, 4426, 1012
CODES = {"revoked": NOT_SIGNED_IN, "bad_frame": BAD_FRAME, "silent": SILENT, "restart": RESTART}
_log = logging.getLogger(__name__)
_frames = msgspec.json.Decoder(Hello | Pong)


@websocket("/api/sync/live")
async def live(
    socket: WebSocket[Any, Any, Any],
    hub: NamedDependency[Hub],
) -> None:
    """Frames of the tablet's feeds as they happen."""
    device = await _device(socket, hub)
    if device is None:
        await socket.close(code=NOT_SIGNED_IN)
        return
    try:
        refuse_the_too_old(int(socket.query_params.get("protocol", 1)))
    except (UpdateNeeded, ValueError):
        await socket.close(code=UPDATE_NEEDED)
        return
    await socket.accept()
    opened = Socket(device.device_id, set(device.staff_ids), set(feeds_of(device.unit_id, device.staff_ids)))
    hub.sockets.add(opened)
    listening = asyncio.create_task(_listen(socket, opened, hub))
    sending = asyncio.create_task(send_frames(hub, opened, socket.send_text))
    tasks = {listening, sending}
    try:
        await asyncio.wait({*tasks, opened.over}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.sockets.discard(opened)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    if not any(isinstance(end, WebSocketDisconnect) for end in ends):
        with suppress(TimeoutError):  # a stuck tablet does not take the close either; the line ends by itself
            async with asyncio.timeout(CLOSE_S):
                await socket.close(code=CODES.get(opened.ended, RESTART))


async def _device(socket: WebSocket[Any, Any, Any], hub: Hub) -> SignedDevice | None:
    try:
        token = token_in(socket.headers, socket.cookies)
    except NotSignedIn:
        return None
    return (await hub.devices.of([token])).get(token)


async def _listen(socket: WebSocket[Any, Any, Any], opened: Socket, hub: Hub) -> None:
    """Take the tablet's frames. A frame that can not be read ends the socket."""
    while True:
        text = await socket.receive_text()
        opened.silent_pings = 0
        frame = _read(text)
        if isinstance(frame, Hello):
            if frame.diverged:
                _log.error("tablet %s had other rows than the server: %s", opened.device_id, ", ".join(frame.diverged))
            await hub.subscribe(opened, frame.subscriptions)
            await hub.welcomes.of([opened])
        elif not isinstance(frame, Pong):
            opened.end("bad_frame")
            return
        known = await hub.contacts.of([opened.device_id])
        if not known[opened.device_id]:
            opened.end("revoked")
            return


def _read(text: str) -> Hello | Pong | None:
    if len(text) > LARGEST_FRAME:
        return None
    try:
        return _frames.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
