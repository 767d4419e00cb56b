"""Feeds are dense, whole and checked, whoever writes them and in whatever order."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from backend.changes import actions, queries
from backend.changes.rules import checksum, row_hash, unit_feed
from backend.clock import SteppedClock
from backend.db import Database, unit_of_work
from shared_schemas.places import BedRow

pytestmark = pytest.mark.asyncio(loop_scope="session")


def bed(bed_id: str, label: str) -> BedRow:
    return BedRow(bed_id=bed_id, unit_id=str(uuid4()), bay="A", label=label, position=1)


async def opened(database: Database, clock: SteppedClock, *feeds: str) -> None:
    async with unit_of_work(database, clock.now()) as work:
        for feed in feeds:
            await actions.open_feed(work.connection, feed)


async def read(
    database: Database, clock: SteppedClock, feed: str
) -> tuple[queries.Head, list[queries.KeptRow], list[int]]:
    async with unit_of_work(database, clock.now()) as work:
        head = (await queries.heads(work.connection, [feed]))[feed]
        seqs = await work.connection.fetch("select seq from change where feed_id = $1 order by seq", feed)
        return head, await queries.snapshot_rows(work.connection, feed), [row["seq"] for row in seqs]


def sum_of(rows: list[queries.KeptRow]) -> str:
    return checksum(sum(row_hash(row.type, row.id, row.version) for row in rows))


async def test_a_feed_is_dense_and_its_sum_right_under_concurrent_writers(
    database: Database, clock: SteppedClock
) -> None:
    feeds = [unit_feed(str(uuid4())) for _ in range(2)]
    await opened(database, clock, *feeds)
    shared = str(uuid4())

    async def write(writer: int) -> None:
        for turn in range(12):
            async with unit_of_work(database, clock.now()) as work:
                order = feeds if writer % 2 else feeds[::-1]
                for feed in order:
                    actions.append(work, feed, bed(str(uuid4()), "1"), row_id=str(uuid4()), version=1)
                    actions.append(work, feed, bed(shared, "2"), row_id=shared, version=writer * 100 + turn)

    await asyncio.gather(*(write(writer) for writer in range(8)))
    for feed in feeds:
        head, rows, seqs = await read(database, clock, feed)
        assert seqs == list(range(1, 8 * 12 * 2 + 1))
        assert head.head == seqs[-1]
        assert len(rows) == 8 * 12 + 1
        assert head.checksum == sum_of(rows)


async def test_a_transaction_that_fails_takes_no_number(database: Database, clock: SteppedClock) -> None:
    feed = unit_feed(str(uuid4()))
    await opened(database, clock, feed)
    with pytest.raises(RuntimeError, match="on purpose"):
        async with unit_of_work(database, clock.now()) as work:
            actions.append(work, feed, bed(str(uuid4()), "1"), row_id=str(uuid4()), version=1)
            await actions.write_changes(work)
            raise RuntimeError("on purpose")
    head, rows, seqs = await read(database, clock, feed)
    assert (head.head, rows, seqs) == (0, [], [])


async def test_a_change_for_a_feed_that_does_not_exist_stores_nothing(database: Database, clock: SteppedClock) -> None:
    with pytest.raises(actions.UnknownFeed):
        async with unit_of_work(database, clock.now()) as work:
            actions.append(work, unit_feed(str(uuid4())), bed(str(uuid4()), "1"), row_id=str(uuid4()), version=1)


async def test_a_feed_that_has_changes_is_deleted_by_nobody(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.pool.execute("delete from feed")


async def test_a_row_that_changes_twice_in_one_transaction_is_told_once(
    database: Database, clock: SteppedClock
) -> None:
    feed, bed_id = unit_feed(str(uuid4())), str(uuid4())
    await opened(database, clock, feed)
    async with unit_of_work(database, clock.now()) as work:
        actions.append(work, feed, bed(bed_id, "1"), row_id=bed_id, version=1)
        actions.append(work, feed, bed(bed_id, "2"), row_id=bed_id, version=2)
    head, rows, seqs = await read(database, clock, feed)
    assert seqs == [1]
    assert [(row.id, row.version) for row in rows] == [(bed_id, 2)]
    assert head.checksum == sum_of(rows)


async def test_a_row_that_is_gone_leaves_the_state_and_the_sum(database: Database, clock: SteppedClock) -> None:
    feed, bed_id = unit_feed(str(uuid4())), str(uuid4())
    await opened(database, clock, feed)
    async with unit_of_work(database, clock.now()) as work:
        actions.append(work, feed, bed(bed_id, "1"), row_id=bed_id, version=1)
    async with unit_of_work(database, clock.now()) as work:
        actions.gone(work, feed, "bed", bed_id, 2)
    head, rows, seqs = await read(database, clock, feed)
    assert (rows, seqs, head.checksum) == ([], [1, 2], "0" * 16)


async def test_a_moved_stay_takes_all_its_rows_along_and_leaves_one_exit(
    database: Database, clock: SteppedClock
) -> None:
    old, new = unit_feed(str(uuid4())), unit_feed(str(uuid4()))
    stay_id, first, second = str(uuid4()), str(uuid4()), str(uuid4())
    await opened(database, clock, old, new)
    async with unit_of_work(database, clock.now()) as work:
        actions.append(work, old, bed(first, "1"), row_id=first, version=1, stay_id=stay_id)
        actions.append(work, old, bed(second, "1"), row_id=second, version=1, stay_id=stay_id)
    async with unit_of_work(database, clock.now()) as work:
        actions.append(work, old, bed(first, "2"), row_id=first, version=2, stay_id=stay_id)
        actions.move_stay(work, stay_id, old, new)
    head, rows, _ = await read(database, clock, old)
    assert (rows, head.checksum) == ([], "0" * 16)
    async with unit_of_work(database, clock.now()) as work:
        told = await queries.page(work.connection, old, 2, head.head, 10)
    assert [text.split(",")[1] for text in told] == ['"type":"exit"']
    head, rows, _ = await read(database, clock, new)
    assert {(row.id, row.version) for row in rows} == {(first, 2), (second, 1)}
    assert head.checksum == sum_of(rows)


async def test_nothing_follows_a_stay_that_has_left(database: Database, clock: SteppedClock) -> None:
    feed, stay_id, kept = unit_feed(str(uuid4())), str(uuid4()), str(uuid4())
    await opened(database, clock, feed)
    async with unit_of_work(database, clock.now()) as work:
        actions.append(work, feed, bed(kept, "1"), row_id=kept, version=1, stay_id=stay_id)
    async with unit_of_work(database, clock.now()) as work:
        actions.exit_stay(work, feed, stay_id)
        actions.append(work, feed, bed(kept, "2"), row_id=kept, version=2, stay_id=stay_id)
    head, rows, seqs = await read(database, clock, feed)
    assert (rows, seqs, head.checksum) == ([], [1, 2], "0" * 16)
