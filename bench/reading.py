"""Reading: a ward's snapshot, its board, its beds, and a write on its way to another tablet's socket."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import NamedTuple

import msgspec
import websockets

from bench.place import Place
from bench.ward import LoadedWard
from ward_sim.load.tablet import Tablet
from ward_sim.load.timings import Timings

READINGS = 20
LISTS = 100
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
    """Durations of reading the board just after a write and again, and its size on the wire and unpacked."""

    after_a_write: Timings
    again: Timings
    plain_bytes: int
    gzip_bytes: int


async def board(ward: LoadedWard) -> BoardRead:
    """Read the ward's board after each write, while its sweeps run, and again: nothing of it is kept."""
    writer, reader = ward.tablets[0], ward.tablets[1]
    after_a_write, again, content = Timings(), Timings(), b""
    for _ in range(READINGS):
        await writer.send(ward.push(writer))
        for timings in (after_a_write, again):
            begun = perf_counter()
            content = (await reader.get(board_of(ward), accept_encoding="gzip")).body
            timings.add(perf_counter() - begun)
    return BoardRead(after_a_write, again, len(gzip.decompress(content)), len(content))


async def beds(ward: LoadedWard) -> tuple[Timings, int]:
    """Read the list of the ward's beds, again and again: durations, and its size."""
    reader, timings, content = ward.tablets[1], Timings(), b""
    for _ in range(LISTS):
        begun = perf_counter()
        content = (await reader.get(f"{board_of(ward)}/beds")).body
        timings.add(perf_counter() - begun)
    return timings, len(content)


def board_of(ward: LoadedWard) -> str:
    """The door of the ward's board."""
    return f"/api/board/{ward.feed.removeprefix('unit:')}"


async def to_another_tablet(place: Place, ward: LoadedWard) -> Timings:
    """Chart a set; how long until another tablet's socket has its delta."""
    writer, reader = ward.tablets[0], ward.tablets[1]
    timings = Timings()
    async with live(place, ward, reader) as socket:
        for _ in range(WRITES):
            timings.add(await heard_after(ward, writer, [socket]))
    return timings


@asynccontextmanager
async def live(place: Place, ward: LoadedWard, tablet: Tablet) -> AsyncIterator[websockets.ClientConnection]:
    """The tablet's live socket, which has heard all of the ward up to now."""
    cursor = msgspec.json.decode(gzip.decompress(await _chunk(tablet, ward.feed, 0)))
    url = "ws://{}:{}/api/sync/live".format(*place.address)
    async with websockets.connect(url, additional_headers=tablet.proof, max_size=2**24) as socket:
        subscriptions = {ward.feed: [cursor["epoch"], cursor["head"]]}
        hello = {"frame": "hello", "subscriptions": subscriptions}
        await socket.send(msgspec.json.encode(hello).decode())
        await _frame_with(socket, '"sum')  # of `upto`, or of `same`
        yield socket


async def heard_after(ward: LoadedWard, writer: Tablet, sockets: Sequence[websockets.ClientConnection]) -> float:
    """Chart a set; the seconds until the first of these sockets has its delta, when all of them have heard it."""
    push = ward.push(writer)
    entry_id = msgspec.json.decode(push)["entries"][0]["entry_id"]
    heard = [asyncio.create_task(_frame_with(socket, entry_id)) for socket in sockets]
    begun = perf_counter()
    sent = asyncio.create_task(writer.send(push))
    at, *_ = await asyncio.gather(*heard)
    await sent
    return at - begun


async def _frame_with(socket: websockets.ClientConnection, text: str) -> float:
    """Wait for the frame that holds a text; the instant at which it came."""
    async with asyncio.timeout(LONGEST_WAIT_S):
        while text not in str(await socket.recv()):
            pass
        return perf_counter()
