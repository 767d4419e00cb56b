"""The light end of a WebSocket (RFC 6455): text frames in and out, pings answered. A thousand fit one process."""

import asyncio
import base64
import os
import zlib
from collections.abc import Callable
from socket import SO_RCVBUF, SOL_SOCKET
from typing import cast

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
_COMPRESSED, _OPCODE = 0x40, 0x0F
_TAIL = b"\x00\x00\xff\xff"
# A browser always offers it; the server may leave it out.
OFFER = "permessage-deflate; client_max_window_bits"
NEVER_OPENED = 1006
SMALLEST_BUFFER = 4096
SHORT, MEDIUM = 126, 127  # what the length's first byte says about more of them


class LiveSocket(asyncio.Protocol):
    """One socket. `on_text` hears each text, `on_end` the close code; `opened`: whether it was accepted."""

    def __init__(self, request: bytes, on_text: Callable[[bytes], None], on_end: Callable[[int], None]) -> None:
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._request, self._on_text, self._on_end = request, on_text, on_end
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._inflater: zlib._Decompress | None = None
        self._is_begun_anew = False
        self._code = NEVER_OPENED

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, came: bytes) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take the answer to the upgrade, then frames."""
        self._received += came
        if not self.opened.done() and not self._accepted():
            return
        while self._frame():
            pass

    def _accepted(self) -> bool:
        head, found, rest = bytes(self._received).partition(b"\r\n\r\n")
        if not found:
            return False
        status = int(head[9:12])
        if status != 101:
            self._code = 4000 + status
            self.opened.set_result(False)
            self.cut()
            return False
        if b"permessage-deflate" in head.lower():
            self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            self._is_begun_anew = b"server_no_context_takeover" in head.lower()
        self._received = bytearray(rest)
        self.opened.set_result(True)
        return True

    def _frame(self) -> bool:
        """Take one whole frame out of what came; False when none is whole. The server does not fragment."""
        came = self._received
        if len(came) < 2:
            return False
        length, start = came[1] & 0x7F, 2
        if length >= SHORT:
            start = 4 if length == SHORT else 10
            length = int.from_bytes(came[2:start], "big") if len(came) >= start else len(came)
        if len(came) < start + length:
            return False
        first, payload = came[0], bytes(came[start : start + length])
        del came[: start + length]
        opcode = first & _OPCODE
        if opcode == TEXT:
            if first & _COMPRESSED and self._inflater is not None:
                payload = self._inflater.decompress(payload + _TAIL)
                if self._is_begun_anew:
                    self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            self._on_text(payload)
        elif opcode == PING:
            self._write(PONG, payload)
        elif opcode == CLOSE:
            self._code = int.from_bytes(payload[:2], "big")
            self._write(CLOSE, payload)
            self.cut()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell how it ended."""
        del exc
        if not self.opened.done():
            self.opened.set_result(False)
        self._on_end(self._code)

    def say(self, text: bytes) -> None:
        """Send a text frame."""
        self._write(TEXT, text)

    def _write(self, opcode: int, payload: bytes) -> None:
        # A mask of zeros is a mask: nothing between here and the server could be confused by it.
        if self._transport is None or self._transport.is_closing():
            return
        length = len(payload)
        size = bytes([0x80 | length]) if length < SHORT else bytes([0x80 | SHORT]) + length.to_bytes(2, "big")
        self._transport.write(bytes([0x80 | opcode]) + size + b"\0\0\0\0" + payload)

    def stop_reading(self) -> None:
        """Be a stuck tablet: alive, and deaf."""
        if self._transport is not None:
            self._transport.pause_reading()
            kernel = self._transport.get_extra_info("socket")
            kernel.setsockopt(SOL_SOCKET, SO_RCVBUF, SMALLEST_BUFFER)  # else its own kernel reads on for megabytes

    def read_on(self) -> None:
        """Be well again."""
        if self._transport is not None:
            self._transport.resume_reading()

    def cut(self) -> None:
        """Lose the line, without a word to the server."""
        if self._transport is not None:
            self._transport.abort()


async def dial(
    address: tuple[str, int], token: str, on_text: Callable[[bytes], None], on_end: Callable[[int], None]
) -> LiveSocket:
    """Open the live socket of a tablet; OSError when nobody listens there. `opened` says whether it was accepted."""
    lines = [
        "GET /api/sync/live HTTP/1.1",
        "host: {}:{}".format(*address),
        "upgrade: websocket",
        "connection: Upgrade",
        f"sec-websocket-key: {base64.b64encode(os.urandom(16)).decode()}",
        "sec-websocket-version: 13",
        *([f"sec-websocket-extensions: {OFFER}"] if OFFER else []),
        f"authorization: Bearer {token}",
    ]
    request = "\r\n".join([*lines, "", ""]).encode()
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: LiveSocket(request, on_text, on_end), *address)
    await socket.opened
    return socket
