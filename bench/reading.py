"""Reading: a ward's snapshot, and a write on its way to another tablet's socket."""

import asyncio
import gzip
from time import perf_counter
from typing import NamedTuple

import msgspec
import websockets

from bench.place import Place
from bench.tablet import Tablet
from bench.timings import Timings
from bench.ward import LoadedWard

READINGS = 20
WRITES = 150
LONGEST_WAIT_S = 5


class Snapshot(NamedTuple):
    """Durations of the first chunk just after a write and again, and the size of the whole."""

    after_a_write: Timings
    kept: Timings
    rows: int
    plain_bytes: int
    gzip_bytes: int
    first_chunk_gzip_bytes: int


async def snapshot(ward: LoadedWard) -> Snapshot:
    """Read the ward as a tablet does that comes for the first time: after each write, and when it is kept."""
    writer, reader = ward.tablets[0], ward.tablets[1]
    written, kept = Timings(), Timings()
    for _ in range(READINGS):
        await writer.send(ward.push(writer))
        for timings in (written, kept):
            begun = perf_counter()
            await _chunk(reader, ward.feed, 0)
            timings.add(perf_counter() - begun)
    rows, plain, packed, first, number = 0, 0, 0, 0, 0
    while True:
        content = await _chunk(reader, ward.feed, number)
        text = gzip.decompress(content)
        chunk = msgspec.json.decode(text)
        rows, plain, packed = rows + len(chunk["rows"]), plain + len(text), packed + len(content)
        first = first or len(content)
        number += 1
        if chunk["last"]:
            return Snapshot(written, kept, rows, plain, packed, first)


async def _chunk(tablet: Tablet, feed: str, number: int) -> bytes:
    reply = await tablet.get(f"/api/sync/snapshot/{feed}?chunk={number}", accept_encoding="gzip")
    return reply.body


class BoardRead(NamedTuple):
    """Durations of reading the board just after a write, and its size on the wire and unpacked."""

    after_a_write: Timings
    plain_bytes: int
    gzip_bytes: int


async def board(ward: LoadedWard) -> BoardRead:
    """Read the ward's board after each write: nothing of it is kept."""
    writer, reader = ward.tablets[0], ward.tablets[1]
    timings, content = Timings(), b""
    path = f"/api/board/{ward.feed.removeprefix('unit:')}"
    for _ in range(READINGS):
        await writer.send(ward.push(writer))
        begun = perf_counter()
        content = (await reader.get(path, accept_encoding="gzip")).body
        timings.add(perf_counter() - begun)
    return BoardRead(timings, len(gzip.decompress(content)), len(content))


async def to_another_tablet(place: Place, ward: LoadedWard) -> Timings:
    """Chart a set; how long until another tablet's socket has its delta."""
    writer, reader = ward.tablets[0], ward.tablets[1]
    cursor = msgspec.json.decode(gzip.decompress(await _chunk(reader, ward.feed, 0)))
    url = "ws://{}:{}/api/sync/live".format(*place.address)
    timings = Timings()
    async with websockets.connect(url, additional_headers=reader.proof, max_size=2**24) as socket:
        subscriptions = {ward.feed: [cursor["epoch"], cursor["head"]]}
        hello = {"frame": "hello", "device": reader.device_id, "subscriptions": subscriptions}
        await socket.send(msgspec.json.encode(hello).decode())
        await _frame_with(socket, '"upto"')
        for _ in range(WRITES):
            push = ward.push(writer)
            entry_id = msgspec.json.decode(push)["entries"][0]["entry_id"]
            heard = asyncio.create_task(_frame_with(socket, entry_id))
            begun = perf_counter()
            sent = asyncio.create_task(writer.send(push))
            timings.add(await heard - begun)
            await sent
    return timings


async def _frame_with(socket: websockets.ClientConnection, text: str) -> float:
    """Wait for the frame that holds a text; the instant at which it came."""
    async with asyncio.timeout(LONGEST_WAIT_S):
        while text not in str(await socket.recv()):
            pass
        return perf_counter()
