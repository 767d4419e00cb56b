"""Snapshots of feeds: read once, kept packed for a while, served in chunks to every tablet of the unit."""

import asyncio
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from backend.changes import queries
from backend.db import Database, unit_of_work
from backend.errors import NotFound
from backend.sync.hub.together import Together

FIRST_CHUNK_ROWS = 150  # beds, patients and open tasks of a ward: enough to work with
CHUNK_ROWS = 1000
KEPT_FOR = timedelta(minutes=10)
KEPT_READINGS = 64
KEPT_OF_A_FEED = 12  # a tablet on a slow line comes back for its second chunk when the feed has long moved on
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


Packed = tuple[bytes, int, int]


class Reading:
    """A feed's state at a head: each chunk is deflated up to its closing part, with the checksum and length so far.

    They are packed in their order by a task of its own: the first can be sent while the others are still packed.
    """

    def __init__(self, epoch: str, head: int, read_at: datetime, chunks: Sequence[Callable[[], bytes]]) -> None:
        self.epoch, self.head, self.read_at = epoch, head, read_at
        self._packed: list[asyncio.Future[Packed]] = [asyncio.get_running_loop().create_future() for _ in chunks]
        self._packing = asyncio.create_task(self._pack(chunks))

    def __len__(self) -> int:
        return len(self._packed)

    @property
    def failed(self) -> bool:
        """Whether some of its chunks will never come."""
        return self._packing.done() and (self._packing.cancelled() or self._packing.exception() is not None)

    async def chunk(self, number: int) -> Packed:
        """One chunk as soon as it is packed."""
        return await asyncio.shield(self._packed[number])

    async def _pack(self, chunks: Sequence[Callable[[], bytes]]) -> None:
        try:
            for text, packed in zip(chunks, self._packed, strict=True):
                packed.set_result(await asyncio.to_thread(_deflated, text))
        except Exception as error:
            for packed in self._packed:
                if not packed.done():
                    packed.set_exception(error)
                    packed.exception()  # maybe nobody waits for it
            raise
        finally:
            for packed in self._packed:
                packed.cancel()  # nobody waits for what will not come


def _deflated(made: Callable[[], bytes]) -> Packed:
    text = made()
    packer = zlib.compressobj(7, zlib.DEFLATED, -15, 9, zlib.Z_FILTERED)  # smallest for its time, tried on a ward
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH), zlib.crc32(text), len(text)


def _gzip(chunk: Packed, ending: bytes) -> bytes:
    """The packed chunk with its ending as one gzip member."""
    packed, crc, length = chunk
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    tail = packer.compress(ending) + packer.flush()
    trailer = zlib.crc32(ending, crc).to_bytes(4, "little") + ((length + len(ending)) % 2**32).to_bytes(4, "little")
    return GZIP_HEADER + packed + tail + trailer


def _plain(chunk: Packed, ending: bytes) -> bytes:
    return zlib.decompressobj(-15).decompress(chunk[0]) + ending


def in_chunks(rows: list[queries.KeptRow]) -> list[list[queries.KeptRow]]:
    """What is needed to begin, by rank; then the newest first, in each chunk a patient's rows together.

    So a set lies beside the task that it planned and the set before it: a sixth less on the wire.
    """
    later = sorted(rows[FIRST_CHUNK_ROWS:], key=lambda row: -row.seq)
    chunks = [later[start : start + CHUNK_ROWS] for start in range(0, len(later), CHUNK_ROWS)]
    for chunk in chunks:
        chunk.sort(key=lambda row: (row.stay_id or "", row.seq))
    return [rows[:FIRST_CHUNK_ROWS], *chunks]


def chunk_texts(feed: str, head: queries.Head, rows: list[queries.KeptRow]) -> list[Callable[[], bytes]]:
    """What makes each chunk's JSON without its ending, the first one small."""
    chunks = in_chunks(rows)
    found = []
    for number, chunk in enumerate(chunks, 1):
        last = "true" if number == len(chunks) else "false"
        frame = f'{{"feed":"{feed}","epoch":"{head.epoch}","head":{head.head},"chunk":{number - 1},"last":{last}'
        found.append(partial(_text, frame, chunk))
    return found


def _text(frame: str, chunk: list[queries.KeptRow]) -> bytes:
    return f'{frame},"rows":[{",".join(map(queries.row_text, chunk))}]'.encode()


class Snapshots:
    """The readings that this process keeps."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._readings: dict[str, list[Reading]] = {}
        self._newest: dict[str, Together[tuple[str, datetime], Reading]] = {}

    async def chunk(self, feed: str, number: int, head: int | None, now: datetime, *, packed: bool) -> bytes:
        """One chunk of a feed's state; NotFound beyond the last one, or when the reading at `head` is not kept."""
        reading = self._kept(feed, number, head, now)
        if reading is None:
            # A feed that changes all the time is not read anew for each tablet: who waits shares the next reading.
            newest = self._newest.setdefault(feed, Together(self._read_for))
            reading = (await newest.of([(feed, now)]))[feed, now]
        if number >= len(reading):
            raise NotFound("This snapshot has no such chunk.")
        ending = f',"server_at":"{now.isoformat(timespec="milliseconds").replace("+00:00", "Z")}"}}'.encode()
        return (_gzip if packed else _plain)(await reading.chunk(number), ending)

    def _kept(self, feed: str, number: int, head: int | None, now: datetime) -> Reading | None:
        kept = self._young(feed, now)
        if head is not None:
            for reading in kept:
                if reading.head == head:
                    return reading
            raise NotFound("This snapshot is no longer kept; begin again.")
        return kept[-1] if kept and number > 0 else None

    def _young(self, feed: str, now: datetime) -> list[Reading]:
        kept = self._readings.get(feed, [])
        return [reading for reading in kept if now - reading.read_at < KEPT_FOR and not reading.failed]

    async def _read_for(self, asked: list[tuple[str, datetime]]) -> dict[tuple[str, datetime], Reading]:
        feed, now = max(asked)
        return dict.fromkeys(asked, await self._read(feed, now))

    async def _read(self, feed: str, now: datetime) -> Reading:
        async with unit_of_work(self.database, now, isolation="repeatable_read", readonly=True) as work:
            found = (await queries.heads(work.connection, [feed])).get(feed)
            if found is None:
                raise NotFound("There is no such feed.")
            kept = [reading for reading in self._young(feed, now) if reading.epoch == found.epoch]
            if kept and kept[-1].head == found.head:
                kept[-1].read_at = now
                return kept[-1]
            rows = await queries.snapshot_rows(work.connection, feed)
        reading = Reading(found.epoch, found.head, now, chunk_texts(feed, found, rows))
        self._readings.pop(feed, None)  # the feed that was read longest ago stands first
        self._readings[feed] = [*kept[1 - KEPT_OF_A_FEED :], reading]
        while len(self._readings) > KEPT_READINGS:
            del self._readings[next(iter(self._readings))]
        return reading
