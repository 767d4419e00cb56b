"""The lightest HTTP client that keeps its connection: what it costs is not the server's."""

import asyncio
from typing import NamedTuple


class Reply(NamedTuple):
    """Status and body, as they came."""

    status: int
    body: bytes


class Refused(Exception):
    """The server answered with something else than was counted on; `status` is 0 where it was a verdict."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class HttpLine:
    """One kept connection to the server; one request at a time. Dials again when the server has hung up meanwhile."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ready(self) -> None:
        """Be connected; OSError when nobody listens."""
        if self._streams is None or self._streams[0].at_eof():
            self.hang_up()
            self._streams = await asyncio.open_connection(*self.address, limit=2**22)

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """Send one request and wait for its answer; Refused for a status of 300 or more.

        A kept connection that the server hung up at the same moment did not take the request: it is sent once more.
        """
        is_kept = self._streams is not None
        try:
            reply = await self._asked(method, path, body, headers)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            if not is_kept or getattr(error, "partial", b""):
                raise
            self.hang_up()
            reply = await self._asked(method, path, body, headers)
        if reply.status >= 300:
            text = reply.body[:300].decode(errors="replace")
            raise Refused(f"{method} {path}: {reply.status} {text}", reply.status)
        return reply

    async def _asked(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        await self.ready()
        assert self._streams is not None
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", "host: {}:{}".format(*self.address), f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        _, found, rest = head.partition(b"\r\ncontent-length:")
        length = int(rest.split(b"\r\n", 1)[0]) if found else 0
        return Reply(int(head[9:12]), await reader.readexactly(length))

    def hang_up(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
