"""The live socket of a test's tablet, spoken in ASGI messages."""

import asyncio
from typing import Any

import msgspec

from backend.app import Ward as Server

_json = msgspec.json.Encoder()


class LiveSocket:
    """A WebSocket spoken in ASGI messages."""

    def __init__(
        self, server: Server, token: str, cursors: dict[str, tuple[str, int]], headers: dict[str, str]
    ) -> None:
        self.server, self.closed_with = server, 0
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._accepted = asyncio.Event()
        self._job: asyncio.Task[None] | None = None
        self.cursors, self._said, self._hellos = cursors, dict(cursors), 0
        given = {"authorization": f"Bearer {token}", "host": "127.0.0.1:8000", **headers}
        self._headers = [(name.encode(), value.encode()) for name, value in given.items() if value]

    async def open(self) -> None:
        """Connect, and say hello if the server accepts."""
        scope = {
            "type": "websocket", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
            "scheme": "ws", "path": "/api/sync/live", "raw_path": b"/api/sync/live", "query_string": b"",
            "root_path": "", "headers": self._headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
            "subprotocols": [], "state": {}, "extensions": {},
        }  # fmt: skip
        await self._to_server.put({"type": "websocket.connect"})
        self._job = asyncio.create_task(self.server(scope, self._to_server.get, self._take))
        await asyncio.wait_for(self._accepted.wait(), 5)
        if not self.closed_with:
            await self.hello()

    async def _take(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            for frame in self._each(msgspec.json.decode(message["text"])):
                self.frames.put_nowait(frame)
        elif message["type"] == "websocket.close":
            self.closed_with = message["code"]
            self.frames.put_nowait({"frame": "closed", "code": message["code"]})
        self._accepted.set()

    def _each(self, frame: dict[str, Any]) -> list[dict[str, Any]]:
        """A frame by itself; `same` as the `upto` of each feed that the last hello named, of an earlier one nothing."""
        if frame["frame"] != "same":
            return [frame]
        if frame["hello"] != self._hellos:
            return []
        said = zip(self._said.items(), frame["sums"], strict=True)
        return [{"frame": "upto", "feed": f, "epoch": e, "head": seq, "sum": total} for (f, (e, seq)), total in said]

    async def hello(self) -> None:
        """Say where the tablet stands."""
        self._said = dict(self.cursors)
        self._hellos += 1
        await self.say({"frame": "hello", "subscriptions": self._said})

    async def say(self, frame: dict[str, Any] | str) -> None:
        """Send a frame."""
        text = frame if isinstance(frame, str) else _json.encode(frame).decode()
        await self._to_server.put({"type": "websocket.receive", "text": text})

    async def next(self, kind: str, within_s: float = 5) -> dict[str, Any]:
        """The next frame of a kind; others before it are dropped."""
        async with asyncio.timeout(within_s):
            while True:
                frame = await self.frames.get()
                if frame["frame"] == kind:
                    return frame

    async def hang_up(self) -> None:
        """Close from the tablet's side."""
        await self._to_server.put({"type": "websocket.disconnect", "code": 1001})
        assert self._job is not None
        await asyncio.wait_for(self._job, 5)
