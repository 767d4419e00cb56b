"""S5: feeds are dense and only grow; data and cursor move together, wherever the app dies."""

from typing import TYPE_CHECKING, Any

import msgspec

from ward_sim.chaos.judge.s03_converged import plain
from ward_sim.replica import Rows, apply_changes

if TYPE_CHECKING:
    from ward_sim.chaos.judge.book import Book
    from ward_sim.chaos.judge.evidence import Evidence
    from ward_sim.chaos.scenario import Scenario, Seat

Json = dict[str, Any]
_EPOCH = "select epoch, head from feed where feed_id = $1"
_UP_TO = 'select seq, type, id, version, "row" from change where feed_id = $1 and seq <= $2 order by seq'


async def look_at_storage(book: "Book", scenario: "Scenario", seat: "Seat") -> None:
    """What a tablet's storage holds of each feed is what the changes up to its cursor give."""
    connection = await scenario.server.reader()
    for feed, rest in seat.tablet.storage.feeds.items():
        known = await connection.fetchrow(_EPOCH, feed)
        if known is None or known["epoch"] != rest.epoch:
            continue
        rows: Rows = {}
        apply_changes(rows, [_change(row) for row in await connection.fetch(_UP_TO, feed, rest.seq)])
        where = f"tablet {seat.line.number} opened with {feed} at {rest.seq} of {known['head']}"
        book.check("S5", holds=rest.seq <= known["head"], otherwise=f"{where}: ahead of the server")
        book.check("S5", holds=plain(rest.rows) == rows, otherwise=f"{where}: its rows are of another instant")


def _change(row: Any) -> Json:
    told = None if row["row"] is None else msgspec.json.decode(row["row"])
    return {"seq": row["seq"], "type": row["type"], "id": row["id"], "version": row["version"], "row": told}


def check(evidence: "Evidence") -> None:
    """The server's feeds have no hole; nor has any frame that was sent."""
    book = evidence.scenario.book
    for feed, (_, head) in evidence.heads.items():
        seqs = [change["seq"] for change in evidence.changes.get(feed, [])]
        book.check("S5", holds=seqs == list(range(1, head + 1)), otherwise=f"{feed} is not dense up to {head}")
    for _, number, frame in evidence.passed.frames:
        if frame["frame"] == "delta":
            seqs = [change["seq"] for change in frame["changes"]]
            dense = seqs == list(range(frame["from"], frame["to"] + 1))
            book.check("S5", holds=dense, otherwise=f"tablet {number} was sent a delta with holes: {seqs}")
