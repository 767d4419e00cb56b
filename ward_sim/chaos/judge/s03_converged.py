"""S3: a tablet's replica is the fresh snapshot at the same place; so is what the changes give one after another."""

from typing import Any

from ward_sim.chaos.judge.evidence import Evidence
from ward_sim.chaos.network import NEW_FIELD
from ward_sim.replica import Rows


def check(evidence: Evidence) -> None:
    """Each feed of each tablet, in memory and in storage, and the server's own two stories."""
    book = evidence.scenario.book
    for feed, (epoch, head, rows) in evidence.snapshots.items():
        told = (
            f"the snapshot of {feed} is not what its changes give: {_difference(rows, evidence.present.get(feed, {}))}"
        )
        book.check("S3", holds=rows == evidence.present.get(feed, {}), otherwise=told)
        book.check("S3", holds=evidence.heads[feed] == (epoch, head), otherwise=f"{feed} has a head that moves")
    for seat in evidence.scenario.seats:
        for feed, kept in seat.tablet.feeds.items():
            if feed not in evidence.snapshots:
                continue
            epoch, head, rows = evidence.snapshots[feed]
            where = f"tablet {seat.line.number}, {feed}, at {kept.epoch} {kept.seq} of {epoch} {head}"
            book.check("S3", holds=(kept.epoch, kept.seq) == (epoch, head), otherwise=f"{where}: it is behind")
            same = plain(kept.rows) == rows
            book.check("S3", holds=same, otherwise=f"{where}: {_difference(plain(kept.rows), rows)}")
            rest = seat.tablet.storage.feeds.get(feed)
            stored = rest is not None and (rest.epoch, rest.seq) == (epoch, head) and plain(rest.rows) == rows
            book.check("S3", holds=stored, otherwise=f"{where}: storage has another story")


def plain(rows: Rows) -> Rows:
    """The rows without what only a newer server sends."""
    return {key: (version, _plain(row)) for key, (version, row) in rows.items()}


def _plain(row: Any) -> Any:
    return {name: value for name, value in row.items() if name != NEW_FIELD} if isinstance(row, dict) else row


def _difference(one: Rows, other: Rows) -> list[tuple[str, str]]:
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))[:5]
