"""The line between the server and PostgreSQL: it may be cut at any statement, before it runs or before its answer.

A server that dies is, for its database, a line that ends. Nothing in the server knows of this one.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SYNC = b"S\x00\x00\x00\x04"
_READY = b"Z\x00\x00\x00\x05"
_KEY = b"K\x00\x00\x00\x0c"
_SOCKET = ".s.PGSQL.5432"


class _Upstream(asyncio.Protocol):
    """PostgreSQL's end of one connection."""

    def __init__(self, call: "Call") -> None:
        self.call = call

    def data_received(self, piece: bytes) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.call.answered(piece)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the protocol's signature
        self.call.ended()


class _ServersEnd(asyncio.Transport):
    """The server's end: what it takes for its socket. A real one would cost each statement four more system calls."""

    def __init__(self, call: "Call", protocol: Any) -> None:
        super().__init__()
        self.call, self.protocol, self._is_over = call, protocol, False

    def write(self, piece: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The server says something."""
        if not self._is_over:
            self.call.asked(bytes(piece))

    def writelines(self, pieces: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The server says several things at once."""
        self.write(b"".join(pieces))

    def is_closing(self) -> bool:
        """Whether it has ended."""
        return self._is_over

    def close(self) -> None:
        """It hangs up, or is hung up on; it learns so in the next turn of the loop."""
        if not self._is_over:
            self._is_over = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)
            self.call.left()

    def abort(self) -> None:
        """Nothing is ever left to be written."""
        self.close()


class Call:
    """One connection of the server's. `pid`: the process that serves it."""

    def __init__(self, line: "DatabaseLine") -> None:
        self.line = line
        self.pid = 0
        self.server: _ServersEnd | None = None
        self.postgres: Any = None
        self.over = asyncio.Event()
        self._cut_before_answer = False

    def asked(self, piece: bytes) -> None:
        """A statement on its way to PostgreSQL, or a part of one."""
        if self.postgres is None:
            return
        if piece.endswith(_SYNC) or piece[:1] == b"Q":
            cut = self.line.count()
            if cut == "before":
                self.line.fire(self)
                return
            self._cut_before_answer = cut == "after"
            if self.line.gate is not None:
                self.line.gate(self, piece)
                return
        self.postgres.write(piece)

    def answered(self, piece: bytes) -> None:
        """An answer on its way to the server."""
        if not self.pid and _KEY in piece:
            at = piece.index(_KEY) + len(_KEY)
            self.pid = int.from_bytes(piece[at : at + 4], "big")
        is_whole = piece[-6:-1] == _READY
        if self._cut_before_answer:
            if is_whole:
                self.line.fire(self)
            return
        if self.server is not None:
            self.server.protocol.data_received(piece)
        if is_whole and self.line.on_answer is not None:
            self.line.on_answer(self)

    def cut(self) -> None:
        """End it; what PostgreSQL had not committed, it rolls back."""
        if self.server is not None:
            self.server.close()
        # What was written still runs, as it would on a machine that lost its peer.
        self.left()

    def left(self) -> None:
        """Nobody is at the server's end any more."""
        self.server = None
        if self.postgres is not None:
            self.postgres.close()

    def ended(self) -> None:
        """PostgreSQL hung up: its process has gone, and its locks with it."""
        self.postgres = None
        if self in self.line.calls:
            self.line.calls.remove(self)
        self.over.set()
        if self.server is not None:
            self.server.close()


class DatabaseLine:
    """All connections of the server to its database. `gate` may hold a statement back; `on_answer` hears its end."""

    def __init__(self, upstream: Path) -> None:
        self.upstream = upstream / _SOCKET
        self.calls: list[Call] = []
        self.gate: Callable[[Call, bytes], None] | None = None
        self.on_answer: Callable[[Call], None] | None = None
        self.statements = self.cuts = 0
        self.is_closed = False
        self._cut_at: int | None = None
        self._where = "before"
        self._on_cut: Callable[[Call], None] | None = None
        self._dial: Any = None

    def open(self, folder: Path) -> None:
        """Whoever dials this folder's socket on this loop, as if PostgreSQL listened there, is put through by us."""
        loop: Any = asyncio.get_running_loop()
        self._dial, here = loop.create_unix_connection, str(folder / _SOCKET)

        async def dialled(protocol: Any, path: Any = None, **words: Any) -> Any:
            if str(path) != here:
                return await self._dial(protocol, path, **words)
            return await self._put_through(protocol)

        loop.create_unix_connection = dialled

    async def _put_through(self, protocol: Any) -> tuple[asyncio.Transport, Any]:
        call = Call(self)
        if not self.is_closed:
            call.postgres, _ = await self._dial(lambda: _Upstream(call), str(self.upstream))
        if self.is_closed:
            call.left()
            raise ConnectionResetError("nobody is to be connected")
        self.calls.append(call)
        call.server = _ServersEnd(call, protocol())
        call.server.protocol.connection_made(call.server)
        return call.server, call.server.protocol

    async def close(self) -> None:
        """Hang up everything."""
        await self.cut_all()
        asyncio.get_running_loop().create_unix_connection = self._dial  # pyright: ignore[reportAttributeAccessIssue]

    def arm(self, after: int, where: str, on_cut: Callable[[Call], None]) -> None:
        """Call `on_cut` at the statement after so many others, `before` it runs or `after` it did, unanswered."""
        self._cut_at, self._where, self._on_cut = self.statements + after, where, on_cut

    def disarm(self) -> None:
        """No cut is to come."""
        self._cut_at = self._on_cut = None

    def count(self) -> str | None:
        """A statement is to go through; say whether the line is to be cut at it, and where."""
        self.statements += 1
        if self._cut_at is None or self.statements < self._cut_at:
            return None
        self._cut_at = None
        self.cuts += 1
        return self._where

    def fire(self, call: Call) -> None:
        """The instant of the cut has come."""
        if self._on_cut is not None:
            on_cut, self._on_cut = self._on_cut, None
            on_cut(call)

    async def cut_all(self) -> None:
        """End every connection, and wait until PostgreSQL has let go of what they held."""
        calls = list(self.calls)
        for call in calls:
            call.cut()
        for call in calls:
            await call.over.wait()
