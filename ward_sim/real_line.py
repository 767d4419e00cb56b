"""A tablet's line to a real server: HTTP and WebSocket, and a network that a person can switch off."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import msgspec
import websockets

from ward_sim.instants import instant_text
from ward_sim.tablet import Tablet
from ward_sim.twin import actions, events

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
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._socket: websockets.ClientConnection | None = None

    def device_now(self) -> int:
        """The device's clock is right."""
        return self.clock.now()

    def post(self, tablet: Tablet, action: actions.Post) -> None:
        """Send a push."""
        body = msgspec.json.encode(action.push)
        self._begin(self._request(tablet, action.request_id, "POST", "/api/sync/entries", body))

    def fetch(self, tablet: Tablet, action: actions.Fetch) -> None:
        """Send a GET."""
        self._begin(self._request(tablet, action.request_id, "GET", action.path, None))

    async def _request(self, tablet: Tablet, request_id: int, method: str, path: str, body: bytes | None) -> None:
        try:
            if not self.online:
                raise httpx.ConnectError("offline")
            reply = await self.ask(tablet, method, path, body)
        except httpx.HTTPError:
            tablet.hear(events.RequestFailed(request_id))
            return
        try:
            answer = msgspec.json.decode(reply.content)
        except msgspec.DecodeError:
            answer = None
        tablet.hear(events.Answered(request_id, reply.status_code, answer))

    async def ask(self, tablet: Tablet, method: str, path: str, body: bytes | None) -> httpx.Response:
        """Send one request with the tablet's token; HTTPError when nothing came back."""
        headers = {"authorization": f"Bearer {tablet.token}", "content-type": "application/json"}
        url = self.base_url + path
        return await self.client.request(method, url, content=body, headers=headers, timeout=_TIME_OUT_S)

    def _begin(self, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    def open_socket(self, tablet: Tablet) -> None:
        """Dial and listen until the socket closes."""
        self._begin(self._listen(tablet))

    async def _listen(self, tablet: Tablet) -> None:
        if self._socket is not None:
            return
        url = self.base_url.replace("http", "ws", 1) + "/api/sync/live"
        headers = {"authorization": f"Bearer {tablet.token}"}
        try:
            if self.online:
                async with websockets.connect(url, additional_headers=headers, open_timeout=_TIME_OUT_S) as socket:
                    self._socket = socket
                    tablet.hear(events.SocketOpened())
                    async for message in socket:
                        tablet.hear(events.Frame(msgspec.json.decode(message)))
        except (OSError, TimeoutError, websockets.WebSocketException):
            pass  # the core is told below, and tries again with jitter
        self._socket = None
        tablet.hear(events.SocketClosed())

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

    def set_timer(self, tablet: Tablet, action: actions.SetTimer) -> None:
        """Ring at a device instant; a later timer of the same name replaces an earlier one."""
        if action.name in self._timers:
            self._timers[action.name].cancel()
        wait_s = max(0, action.at_ms - self.device_now()) / 1000
        loop = asyncio.get_running_loop()
        self._timers[action.name] = loop.call_later(wait_s, lambda: tablet.hear(events.Timer(action.name)))

    def show_ring(self, tablet: Tablet, frame: Json) -> None:
        """The screen shows the asking, and the receipt says so."""
        names = {"alert_id": frame["alert_id"], "step_id": frame["step_id"]}
        receipt = [{**names, "kind": "shown", "at": instant_text(self.device_now())}]
        self._begin(self._receipt(tablet, msgspec.json.encode(receipt)))

    async def _receipt(self, tablet: Tablet, body: bytes) -> None:
        try:
            await self.ask(tablet, "POST", "/api/alerts/receipts", body)
        except httpx.HTTPError:
            return  # a receipt that is lost only makes the ladder climb sooner

    async def switch(self, *, online: bool) -> None:
        """Walk into a dead spot, or out of it."""
        self.online = online
        if not online and self._socket is not None:
            await self._socket.close()
        if online and self.tablet is not None:
            self.tablet.hear(events.NetworkUp())

    async def close(self) -> None:
        """Hang up and stop every job."""
        for timer in self._timers.values():
            timer.cancel()
        for job in list(self._jobs):
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
