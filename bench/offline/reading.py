"""A ward's rows over the protocol, by light tablets: as documents for PouchDB, many at once, and with nothing new."""

import gzip
import zlib
from collections.abc import Iterable
from time import perf_counter
from typing import Any, NamedTuple

import msgspec
import websockets

from bench.offline.ours import NotDone
from bench.offline.relay import Relay
from bench.place import Place
from shared_schemas.wire import PROTOCOL
from ward_sim.load.tablet import Tablet
from ward_sim.load.timings import Timings, at_once

Json = dict[str, Any]
Cursors = dict[str, list[Any]]
COMINGS = 50
MOST_TRIES = 20 * COMINGS
FRAME_BYTES = 300


async def rows_of(tablet: Tablet, feed: str) -> tuple[list[Json], list[Any]]:
    """The feed's rows, as a snapshot has them, and the cursor after them."""
    rows: list[Json] = []
    chunk: Json = {"last": False, "head": 0}
    number, named = 0, ""
    while not chunk["last"]:
        path = f"/api/sync/snapshot/{feed}?chunk={number}{named}"
        chunk = msgspec.json.decode(gzip.decompress((await tablet.get(path, accept_encoding="gzip")).body))
        rows += chunk["rows"]
        number, named = number + 1, f"&head={chunk['head']}"
    return rows, [chunk["epoch"], chunk["head"]]


def documents_of(rows: Iterable[Json]) -> list[Json]:
    """The same rows as documents of PouchDB."""
    return [{"_id": f"{row['type']}:{row['id']}", "version": row["version"], **row["row"]} for row in rows]


async def all_at_once(tablets: list[Tablet], feed: str) -> Timings:
    """Fetch the whole ward for every tablet at once; how long each took, without what its own processor would do."""
    timings = Timings()

    async def fetch(tablet: Tablet) -> None:
        begun, number = perf_counter(), 0
        while not await _is_last(tablet, f"/api/sync/snapshot/{feed}?chunk={number}"):
            number += 1
        timings.add(perf_counter() - begun)

    await at_once(fetch(tablet) for tablet in tablets)
    return timings


async def _is_last(tablet: Tablet, path: str) -> bool:
    reply = await tablet.get(path, accept_encoding="gzip")
    return b'"last":true' in zlib.decompressobj(31).decompress(reply.body, FRAME_BYTES)


class Exchange(NamedTuple):
    """What coming back cost: bytes both ways on a new socket and on an open one, the server's processor, the wait.

    `upgrade_bytes`: HTTP's request for the socket with the tablet's proof, and its reply. Processor and wait are
    those of the new socket, from dialling on.
    """

    new_socket_bytes: int
    open_socket_bytes: int
    upgrade_bytes: int
    server_cpu_ms: float
    wait_ms: float


async def nothing_new(place: Place, relay: Relay, tablet: Tablet, feeds: list[str]) -> Exchange:
    """Say hello on new sockets, and again on each; counted are those where both were answered with nothing new."""
    url = f"{relay.origin.replace('http', 'ws')}/api/sync/live?protocol={PROTOCOL}"
    cursors: Cursors = {feed: (await rows_of(tablet, feed))[1] for feed in feeds}
    waits, counted, upgrade, fresh, again, cpu_ms = Timings(), 0, 0, 0, 0, 0.0
    for _ in range(MOST_TRIES):
        relay.reset()
        before, begun = place.cpu_ms, perf_counter()
        async with websockets.connect(url, additional_headers=tablet.proof) as socket:
            opened = relay.total
            if not await _is_same(socket, cursors):
                continue
            wait, used, on_new = perf_counter() - begun, place.cpu_ms - before, relay.total - opened
            relay.reset()
            if not await _is_same(socket, cursors):
                continue
        waits.add(wait)
        counted, upgrade, fresh, again = counted + 1, upgrade + opened, fresh + on_new, again + relay.total
        cpu_ms += used
        if counted == COMINGS:
            break
    else:
        raise NotDone(f"The ward was quiet {counted} of {MOST_TRIES} times, and {COMINGS} are needed.")
    return Exchange(fresh // COMINGS, again // COMINGS, upgrade // COMINGS, cpu_ms / COMINGS, waits.percentile_ms(50))


async def _is_same(socket: websockets.ClientConnection, cursors: Cursors) -> bool:
    """Say hello; True: nothing was new. What is new (a ward's sweeps go on, tablets are heard of) moves the cursors."""
    hello = {"frame": "hello", "subscriptions": cursors, "outbox_depth": 0}
    await socket.send(msgspec.json.encode(hello).decode())
    behind = set(cursors)
    while behind:
        frame = msgspec.json.decode(await socket.recv())
        if frame["frame"] == "same":
            return True
        if frame["frame"] == "upto":
            cursors[frame["feed"]] = [frame["epoch"], frame["head"]]
            behind.discard(frame["feed"])
    return False
