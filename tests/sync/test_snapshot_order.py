"""In which order a new tablet reads a ward."""

import asyncio
import threading
from datetime import UTC, datetime
from itertools import pairwise

from backend.changes.queries import Head, KeptRow
from backend.sync.view import CHUNK_ROWS, FIRST_CHUNK_ROWS, Reading, chunk_texts, in_chunks

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
