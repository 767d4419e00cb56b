"""The server in this process, got by name and spoken to in ASGI messages only."""

import asyncio
import contextlib
import importlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import msgspec

Json = dict[str, Any]
STEPPED = "backend.app:stepped"
COMMANDS = "backend.__main__:main"
_READ_TURNS = 3
_QUIET_S = 30


@dataclass(slots=True)
class Reply:
    """An HTTP answer; `json` None when it was not JSON."""

    status: int
    json: Any


def _flowing() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(slots=True, eq=False)
class Socket:
    """A live socket: frames the server sent since they were last taken.

    `waits`: the server asks for the next frame, and so has done what it was told by those before. `flows`: cleared
    while the line takes nothing more of what the server sends.
    """

    inbox: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    flows: asyncio.Event = field(default_factory=_flowing)
    frames: list[str] = field(default_factory=list)
    closed: bool = False
    job: asyncio.Task[None] | None = None

    async def receive(self) -> Json:
        """The server asks for the next frame."""
        if self.inbox.empty():
            self.waits.set()
        return await self.inbox.get()

    async def put(self, message: Json) -> None:
        """Something for the server to read."""
        self.waits.clear()
        await self.inbox.put(message)

    def take_frames(self) -> list[Json]:
        """Return and forget what has been sent."""
        taken, self.frames = self.frames, []
        return [msgspec.json.decode(text) for text in taken]


def server_by_name(name: str = STEPPED) -> Any:
    """Return the object of a `module:attribute` name, as uvicorn would."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


async def operate_here(*words: str) -> None:
    """Run one of the server's commands in this process, where the server's modules are loaded already."""

    def run() -> int:
        with contextlib.redirect_stdout(sys.stderr):
            return server_by_name(COMMANDS)(list(words))

    if await asyncio.to_thread(run):
        raise RuntimeError(f"the command {words[0]} failed")


class AsgiDoor:
    """The one way from the simulator into the server."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.sockets: list[Socket] = []
        self._lifespan_in: asyncio.Queue[Json] = asyncio.Queue()
        self._lifespan_out: asyncio.Queue[Json] = asyncio.Queue()
        self._lifespan: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the server by its lifespan."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        call = self.server(scope, self._lifespan_in.get, self._lifespan_out.put)
        self._lifespan = asyncio.create_task(call)
        await self._tell_lifespan("startup")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up every socket, then stop the server."""
        for socket in self.sockets:
            await self.hang_up(socket)
        await self._tell_lifespan("shutdown")
        assert self._lifespan is not None
        await self._lifespan

    async def kill(self) -> None:
        """End the server without a word, as a lost machine does; its database must be out of reach already."""
        assert self._lifespan is not None
        self._lifespan.cancel()
        await asyncio.wait({self._lifespan})

    async def _tell_lifespan(self, word: str) -> None:
        await self._lifespan_in.put({"type": f"lifespan.{word}"})
        heard = asyncio.create_task(self._lifespan_out.get())
        assert self._lifespan is not None
        await asyncio.wait({heard, self._lifespan}, return_when=asyncio.FIRST_COMPLETED)
        if not heard.done():
            heard.cancel()
            await self._lifespan  # raises what ended it
            raise RuntimeError(f"the server ended at {word}")
        message = heard.result()
        if message["type"] != f"lifespan.{word}.complete":
            raise RuntimeError(message.get("message") or f"the server failed at {word}")

    async def advance(self, to: datetime) -> None:
        """Let the server do everything that is due up to an instant, and all that it was told by sockets."""
        await self.server.advance(to)
        await self.quiet(list(self.sockets))

    async def request(self, method: str, path: str, body: Any = None, *, token: str = "") -> Reply:
        """Send one request and return the whole answer."""
        raw = b"" if body is None else msgspec.json.encode(body)
        sent: list[Json] = []
        asked = [{"type": "http.request", "body": raw, "more_body": False}]

        async def receive() -> Json:
            if asked:
                return asked.pop()
            await asyncio.Event().wait()  # a tablet that stays on the line until it is answered
            return {"type": "http.disconnect"}

        async def send(message: Json) -> None:
            sent.append(message)

        await self.server(_scope("http", path, token, method=method), receive, send)
        status = next(m["status"] for m in sent if m["type"] == "http.response.start")
        text = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
        try:
            return Reply(status, msgspec.json.decode(text) if text else None)
        except msgspec.DecodeError:
            return Reply(status, None)

    async def connect(self, path: str, token: str) -> Socket:
        """Open a socket; it may come back closed."""
        socket = Socket()
        await socket.put({"type": "websocket.connect"})

        async def send(message: Json) -> None:
            if message["type"] == "websocket.send":
                await socket.flows.wait()
                text = message.get("text")
                socket.frames.append(text if text is not None else message["bytes"].decode())
            elif message["type"] == "websocket.close":
                socket.closed = True

        async def live() -> None:
            try:
                await self.server(_scope("websocket", path, token), socket.receive, send)
            finally:
                socket.closed = True
                socket.waits.set()

        socket.job = asyncio.create_task(live())
        self.sockets.append(socket)
        await self.quiet([socket])
        return socket

    async def quiet(self, sockets: Iterable[Socket]) -> None:
        """Wait until the server has done what it was told by these sockets, however slow its disk is."""
        async with asyncio.timeout(_QUIET_S):
            for socket in sockets:
                await socket.waits.wait()

    async def tell(self, socket: Socket, frame: Json) -> None:
        """Send a frame to the server, and give it a turn to read it."""
        if socket.closed:
            return
        text = msgspec.json.encode(frame).decode()
        await socket.put({"type": "websocket.receive", "text": text})
        for _ in range(_READ_TURNS):
            await asyncio.sleep(0)

    async def hang_up(self, socket: Socket) -> None:
        """Close from the tablet's side."""
        if socket in self.sockets:
            self.sockets.remove(socket)
        if socket.job is None or socket.job.done():
            return
        await socket.put({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait({socket.job}, timeout=2)
        if not socket.job.done():
            socket.job.cancel()


def _scope(kind: str, path: str, token: str, method: str = "GET") -> Json:
    door, _, query = path.partition("?")
    headers = [(b"host", b"127.0.0.1:8000"), (b"content-type", b"application/json")]
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "ws" if kind == "websocket" else "http",
        "path": door,
        "raw_path": door.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
        "subprotocols": [],
        "state": {},
        "extensions": {},
    }
    return scope if kind == "websocket" else scope | {"method": method}
