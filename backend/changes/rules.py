"""How changed rows of one transaction become the dense changes of their feeds."""

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from shared_schemas.base import Row

EXIT = "exit"
REFERENCE_FEED = "reference"
MODULUS = 2**64


class Pending(NamedTuple):
    """A change to be written: the whole row as JSON text; None: gone (or, of type `exit`, the stay has left)."""

    feed: str
    type: str
    id: str
    version: int
    rank: int
    stay_id: str | None
    row: str | None


class Move(NamedTuple):
    """A stay goes to another feed with all its rows."""

    stay_id: str
    from_feed: str
    to_feed: str


def unit_feed(unit_id: str) -> str:
    """The feed of a unit."""
    return f"unit:{unit_id}"


def user_feed(staff_id: str) -> str:
    """The feed of a person."""
    return f"user:{staff_id}"


def row_hash(type_name: str, row_id: str, version: int) -> int:
    """The row's share of its feed's checksum: 8 bytes of SHA-256 as a signed integer (docs/protocol.md)."""
    digest = sha256(f"{type_name}/{row_id}/{version}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def checksum(total: int) -> str:
    """16 hex digits of the sum modulo 2^64."""
    return f"{total % MODULUS:016x}"


def row_rank(row: Row) -> int:
    """Where a row stands in a snapshot; low first."""
    return type(row).rank


def last_of_each(pending: Iterable[Pending]) -> list[Pending]:
    """One change a row, the last one, in the order in which they came to their last state.

    An `exit` swallows every other change of its stay in that feed: nothing may follow a patient who has left.
    """
    kept: dict[tuple[str, str, str], Pending] = {}
    for change in pending:
        key = change[:3]
        kept.pop(key, None)
        kept[key] = change
    left = {(change.feed, change.id) for change in kept.values() if change.type == EXIT}
    if not left:
        return list(kept.values())
    return [change for change in kept.values() if change.type == EXIT or (change.feed, change.stay_id) not in left]


def places(changes: Iterable[Pending]) -> list[int]:
    """How far behind its feed's head each change comes, from 1."""
    written: Counter[str] = Counter()
    found = []
    for change in changes:
        written[change.feed] += 1
        found.append(written[change.feed])
    return found


def settled(pending: Iterable[Pending | Move]) -> tuple[list[Pending], dict[str, str], list[tuple[str, str]]]:
    """Follow the moves: changes with their final feeds, each moved stay's last feed, and (feed, stay) to copy from."""
    gathered = list(pending)
    last: dict[str, str] = {}
    first: dict[str, str] = {}
    left: dict[str, list[str]] = {}
    for move in gathered:
        if isinstance(move, Move):
            last[move.stay_id] = move.to_feed
            first.setdefault(move.stay_id, move.from_feed)
            left.setdefault(move.stay_id, []).append(move.from_feed)
    changes: list[Pending] = []
    for change in gathered:
        if isinstance(change, Move):
            continue
        stay_id = change.stay_id
        moved = stay_id is not None and change.feed in left.get(stay_id, ())
        changes.append(change._replace(feed=last[stay_id]) if moved and stay_id is not None else change)
    exits = [
        Pending(feed, EXIT, stay_id, 0, 0, None, None)
        for stay_id, feeds in left.items()
        for feed in dict.fromkeys(feeds)
        if feed != last[stay_id]
    ]
    copies = [(feed, stay_id) for stay_id, feed in first.items() if feed != last[stay_id]]
    return [*exits, *changes], last, copies
