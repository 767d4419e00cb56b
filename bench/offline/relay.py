"""A TCP relay that counts: every byte of a line between a browser and a server, headers and frames included."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.place import HOST

CHUNK = 2**16


@dataclass(slots=True)
class Relay:
    """`up`: bytes towards the server since `reset`; `down`: towards the browser."""

    port: int
    up: int = 0
    down: int = 0

    @property
    def origin(self) -> str:
        """Where a page reaches the server through this relay."""
        return f"http://{HOST}:{self.port}"

    @property
    def total(self) -> int:
        """Bytes both ways since `reset`."""
        return self.up + self.down

    def reset(self) -> None:
        """Count from nothing again."""
        self.up = self.down = 0


@asynccontextmanager
async def relaying(port: int, to_port: int) -> AsyncIterator[Relay]:
    """Relay every connection to `port` while the block runs."""
    relay = Relay(port)
    lines: set[asyncio.StreamWriter] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_up: bool) -> None:
        try:
            while content := await reader.read(CHUNK):
                if is_up:
                    relay.up += len(content)
                else:
                    relay.down += len(content)
                writer.write(content)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection(HOST, to_port)
        except OSError:
            writer.close()
            return
        lines.update((writer, server_writer))
        await asyncio.gather(carry(reader, server_writer, is_up=True), carry(server_reader, writer, is_up=False))
        lines.difference_update((writer, server_writer))

    listening = await asyncio.start_server(accepted, HOST, port)
    try:
        yield relay
    finally:
        listening.close()
        for line in lines:
            line.close()
