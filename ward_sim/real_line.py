"""A tablet's line to a real server: HTTP and WebSocket, and a network that a person can switch off."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import msgspec
import websockets

from ward_sim.instants import instant_text
from ward_sim.line import Heard
from ward_sim.tablet import Tablet

Json = dict[str, Any]
_TIME_OUT_S = 10.0


class ServerClock:
    """The server's own clock, read once and carried on by the monotonic one: nobody here asks the machine's."""

    def __init__(self, server_at: datetime) -> None:
        self._server_ms = int(server_at.timestamp() * 1000)
        self._read_at = asyncio.get_running_loop().time()

    def now(self) -> int:
        """The present instant in ms."""
        return self._server_ms + int((asyncio.get_running_loop().time() - self._read_at) * 1000)


class RealLine:
    """Carries one tablet's requests; answers reach the tablet in the running loop."""

    def __init__(self, base_url: str, clock: ServerClock, client: httpx.AsyncClient) -> None:
        self.base_url = base_url
        self.clock = clock
        self.client = client
        self.tablet: Tablet | None = None
        self.online = True
        self._jobs: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._socket: websockets.ClientConnection | None = None
        self._listening: asyncio.Task[None] | None = None

    def device_now(self) -> int:
        """The device's clock is right."""
        return self.clock.now()

    def now(self) -> Json:
        """The device's clocks: one and the same here."""
        return {"wall_ms": self.clock.now(), "mono_ms": self.clock.now()}

    def ask(self, tablet: Tablet, method: str, path: str, body: Json | None, heard: Heard) -> None:
        """Send a request."""
        self._begin(self._ask(tablet, method, path, body, heard))

    async def _ask(self, tablet: Tablet, method: str, path: str, body: Json | None, heard: Heard) -> None:
        try:
            if not self.online:
                raise httpx.ConnectError("offline")
            reply = await self._request(tablet, method, path, body)
        except httpx.HTTPError:
            heard(0, None, None)
            return
        try:
            answer = msgspec.json.decode(reply.content)
        except msgspec.DecodeError:
            answer = None
        wait = reply.headers.get("retry-after", "")
        heard(reply.status_code, answer, int(wait) if wait.isdigit() else None)

    async def _request(self, tablet: Tablet, method: str, path: str, body: Any) -> httpx.Response:
        """Send one request with the tablet's token; HTTPError when nothing came back."""
        headers = {"authorization": f"Bearer {tablet.token}", "content-type": "application/json"}
        url = self.base_url + path
        content = None if body is None else msgspec.json.encode(body)
        return await self.client.request(method, url, content=content, headers=headers, timeout=_TIME_OUT_S)

    def _begin(self, job: Any) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(job)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)
        return task

    def open_socket(self, tablet: Tablet) -> None:
        """Dial and listen until the socket closes."""
        self._listening = self._begin(self._listen(tablet))

    def close_socket(self) -> None:
        """Hang up."""
        listening, self._listening = self._listening, None
        self._socket = None
        if listening is not None:
            listening.cancel()

    async def _listen(self, tablet: Tablet) -> None:
        url = self.base_url.replace("http", "ws", 1) + "/api/sync/live"
        headers = {"authorization": f"Bearer {tablet.token}"}
        try:
            if self.online:
                async with websockets.connect(url, additional_headers=headers, open_timeout=_TIME_OUT_S) as socket:
                    self._socket = socket
                    tablet.hear({"event": "socket_opened"})
                    async for message in socket:
                        tablet.hear({"event": "frame", "frame": msgspec.json.decode(message)})
        except (OSError, TimeoutError, websockets.WebSocketException):
            pass  # the core is told below, and tries again with jitter
        self._socket = None
        tablet.hear({"event": "socket_closed"})

    def send(self, frame: Json) -> None:
        """Send a frame on the live socket."""
        if self._socket is not None:
            self._begin(self._send(self._socket, msgspec.json.encode(frame).decode()))

    @staticmethod
    async def _send(socket: websockets.ClientConnection, text: str) -> None:
        try:
            await socket.send(text)
        except websockets.ConnectionClosed:
            return  # the listener notices and tells the core

    def set_timer(self, tablet: Tablet, at_mono_ms: float | None) -> None:
        """Ring at an instant of the monotonic clock, in the place of any asked for before."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if at_mono_ms is not None:
            wait_s = max(1, at_mono_ms - self.clock.now()) / 1000
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(wait_s, lambda: tablet.hear({"event": "timer"}))

    def show_ring(self, tablet: Tablet, ring: Json) -> None:
        """The screen shows the asking, and the receipt says so."""
        names = {"alert_id": ring["alert_id"], "step_id": ring["step_id"]}
        receipt = [{**names, "kind": "shown", "at": instant_text(self.device_now())}]
        self._begin(self._receipt(tablet, receipt))

    async def _receipt(self, tablet: Tablet, body: Any) -> None:
        try:
            await self._request(tablet, "POST", "/api/alerts/receipts", body)
        except httpx.HTTPError:
            return  # a receipt that is lost only makes the ladder climb sooner

    async def switch(self, *, online: bool) -> None:
        """Walk into a dead spot, or out of it."""
        self.online = online
        if not online and self._socket is not None:
            await self._socket.close()
        if online and self.tablet is not None:
            self.tablet.hear({"event": "network_up"})

    async def close(self) -> None:
        """Hang up and stop every job."""
        if self._timer is not None:
            self._timer.cancel()
        for job in list(self._jobs):
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
