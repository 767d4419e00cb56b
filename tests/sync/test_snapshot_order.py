"""In which order a new tablet reads a ward."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from backend.changes.queries import Head, KeptRow
from backend.sync.view import CHUNK_ROWS, FIRST_CHUNK_ROWS, Reading, Snapshots, chunk_texts, in_chunks
from tests.sync.conftest import Scene

ROWS = [KeptRow("task", f"{n}", 1, "{}", f"stay-{n % 7}", seq=5000 - n) for n in range(FIRST_CHUNK_ROWS + 2500)]


def test_what_is_needed_first_comes_first_and_then_the_newest_with_a_patients_rows_together() -> None:
    first, *later = in_chunks(ROWS)
    assert first == ROWS[:FIRST_CHUNK_ROWS]
    assert [len(chunk) for chunk in later] == [CHUNK_ROWS, CHUNK_ROWS, 500]
    assert min(row.seq for row in later[0]) > max(row.seq for row in later[1])
    for chunk in later:
        stays = [row.stay_id for row in chunk]
        assert sum(one != other for one, other in pairwise(stays)) == 6


def test_every_row_is_read_once_and_an_empty_feed_has_one_last_chunk() -> None:
    assert sorted(row.seq for chunk in in_chunks(ROWS) for row in chunk) == sorted(row.seq for row in ROWS)
    [only] = chunk_texts("reference", Head("e", 0, ""), [])
    assert b'"chunk":0,"last":true,"rows":[]' in only()


async def test_the_first_chunk_is_there_while_the_others_are_still_packed() -> None:
    go_on = threading.Event()

    def slow() -> bytes:
        go_on.wait(10)
        return b"second"

    reading = Reading("e", 1, datetime(2026, 11, 22, tzinfo=UTC), [lambda: b"first", slow])
    _, _, length = await asyncio.wait_for(reading.chunk(0), 5)
    second = asyncio.create_task(reading.chunk(1))
    await asyncio.sleep(0)
    assert (len(reading), length, second.done()) == (2, len(b"first"), False)
    go_on.set()
    assert (await second)[2] == len(b"second")


class NoThreadOnce(ThreadPoolExecutor):
    """Threads of a machine that once had none left."""

    failures = 1

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("can't start new thread")
        return super().submit(fn, *args, **kwargs)


async def test_a_reading_that_could_not_be_packed_fails_who_waits_and_is_kept_for_nobody(scene: Scene) -> None:
    feed, now = f"unit:{scene.cast.east.unit_id}", scene.tablet.now
    snapshots = Snapshots(scene.server.database)
    asyncio.get_running_loop().set_default_executor(NoThreadOnce())
    with pytest.raises(RuntimeError, match="new thread"):
        await snapshots.chunk(feed, 0, None, now, packed=False)
    text = await snapshots.chunk(feed, 0, None, now, packed=False)
    assert scene.stay_id.encode() in text
    assert await snapshots.chunk(feed, 0, None, now, packed=False) == text
