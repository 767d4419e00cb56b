"""Writing changes: collected in the unit of work, numbered and stored by one statement last before COMMIT."""

from functools import partial
from itertools import groupby
from secrets import token_hex

import msgspec

from backend.changes import queries
from backend.changes.rules import (
    EXIT,
    Move,
    Pending,
    last_of_each,
    places,
    row_hash,
    row_rank,
    settled,
)
from backend.db import Connection, Work, packed
from shared_schemas.base import Row

ROOM = "changes"
HEADS = "changes.heads"
"""Key of `work.collected` after the block: (feed, head) of each feed that this transaction wrote."""
_encoder = msgspec.json.Encoder()


class UnknownFeed(Exception):
    """A change for a feed that was never opened: a fault of ours, nothing is stored."""


def append(work: Work, feed: str, row: Row, *, row_id: str, version: int, stay_id: str | None = None) -> None:
    """Tell `feed` the whole row; written with the transaction. `stay_id`: with which stay it moves and leaves."""
    text = _encoder.encode(row).decode()
    _collect(work, Pending(feed, type(row).type_name, row_id, version, row_rank(row), stay_id, text))


def gone(work: Work, feed: str, type_name: str, row_id: str, version: int) -> None:
    """Tell `feed` that a row is no longer part of it."""
    _collect(work, Pending(feed, type_name, row_id, version, 0, None, None))


def exit_stay(work: Work, feed: str, stay_id: str) -> None:
    """Take a stay with all its rows out of `feed`."""
    _collect(work, Pending(feed, EXIT, stay_id, 0, 0, None, None))


def move_stay(work: Work, stay_id: str, from_feed: str, to_feed: str) -> None:
    """Take a stay with all its rows from one feed to another, in this transaction."""
    _collect(work, Move(stay_id, from_feed, to_feed))


async def begin_epoch(work: Work, *, restored: bool = False) -> bool:
    """Give every feed a new epoch when the database is not the one that it was; True when it did.

    Tablets then take snapshots and send what they sent in the last days once more (docs/protocol.md). A copy made in a
    way that leaves no trace in the database must be told of: `restored`.
    """
    return bool(await work.connection.fetchval(queries.BEGIN_EPOCH, token_hex(8), restored))


async def open_feed(connection: Connection, feed: str) -> None:
    """Make sure that a feed exists."""
    await connection.execute(queries.OPEN_FEED, feed)


def _collect(work: Work, change: Pending | Move) -> None:
    work.collected.setdefault(ROOM, []).append(change)
    work.before_commit(write_changes)


async def write_changes(work: Work) -> None:
    """Write what was collected. Nothing that takes time may follow: the feeds' counters are locked until COMMIT."""
    collected = work.collected.pop(ROOM, [])
    if any(isinstance(change, Move) for change in collected):
        collected = await _with_moved_rows(work, collected)
    changes = last_of_each(collected)
    if not changes:
        return
    columns = list(zip(*changes, strict=True))
    feeds = list(set(columns[0]))
    statement = queries.WRITE if all(change.row is not None for change in changes) else queries.WRITE_AND_REMOVE
    hashes = [row_hash(change.type, change.id, change.version) for change in changes]
    columns += [hashes, places(changes)]
    heads = await work.connection.fetch(statement, *map(packed, columns), feeds)
    work.collected[HEADS] = [(row["feed_id"], row["head"]) for row in heads]
    _tell_after_commit(work, changes, {row["feed_id"]: row for row in heads})


async def _with_moved_rows(work: Work, collected: list[Pending | Move]) -> list[Pending]:
    changes, feed_of, copies = settled(collected)
    touched = {change.feed for change in changes} | set(feed_of.values())
    # Rows are read after the lock, so that none which another transaction writes now stays behind.
    await work.connection.fetch(queries.LOCK, sorted(touched))
    told = {change[:3] for change in changes}
    for from_feed, stay_id in copies:
        to_feed = feed_of[stay_id]
        for row in await work.connection.fetch(queries.ROWS_OF_STAY, from_feed, stay_id):
            if (to_feed, row["type"], row["id"]) not in told:
                changes.append(
                    Pending(to_feed, row["type"], row["id"], row["version"], row["rank"], stay_id, row["row"])
                )
    return changes


def _tell_after_commit(work: Work, changes: list[Pending], heads: dict) -> None:
    deltas: list[queries.Delta] = []
    by_feed = sorted(changes, key=lambda change: change.feed)  # stable: the order within a feed is kept
    for feed, group in groupby(by_feed, key=lambda change: change.feed):
        if feed not in heads:
            raise UnknownFeed(feed)
        of_feed = list(group)
        head = heads[feed]["head"]
        deltas.append(queries.delta(feed, heads[feed]["epoch"], head - len(of_feed) + 1, of_feed))
    for listener in work.database.listeners:
        work.after_commit(partial(listener, deltas))
