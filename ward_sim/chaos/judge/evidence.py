"""What a judge looks at when all has healed: the server's books, the tablets, and what passed between them."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from ward_sim.chaos.judge.passed import Passed
from ward_sim.chaos.scenario import Pressed, Scenario
from ward_sim.instants import instant_ms
from ward_sim.replica import Rows, apply_changes

Json = dict[str, Any]
Key = tuple[str, str]
_FEEDS = "select feed_id, epoch, head from feed"
_CHANGES = 'select feed_id, seq, type, id, version, "row" from change order by feed_id, seq'
# Two batches of one instant are in the order in which their transactions began to write.
_ENTRIES = """
select entry_id::text, device_id::text, n, type, session_id::text, staff_id::text, received_at, verdict, reason, flags,
    original, xmin::text::bigint as written_by
from entry order by received_at, xmin::text::bigint, n
"""


class Entry(NamedTuple):
    """An entry as the server keeps it; `place` is its place in the server's order."""

    entry_id: str
    device_id: str
    n: int
    type: str
    received_at: int
    verdict: str
    reason: str | None
    flags: frozenset[str]
    written_by: int
    place: int
    envelope: Json
    body: Json
    staff_id: str


class Version(NamedTuple):
    """One version of a row in one feed; `row` None: it went. `version` is the row's own, whatever feed it is in."""

    version: int
    seq: int
    feed: str
    row: Json | None


@dataclass(slots=True)
class Evidence:
    """All of it. `versions`: every version of every row; `present`: the rows of each feed as its changes give them."""

    scenario: Scenario
    passed: Passed
    heads: dict[str, tuple[str, int]] = field(default_factory=dict)
    changes: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[Key, list[Version]] = field(default_factory=lambda: defaultdict(list))
    present: dict[str, Rows] = field(default_factory=dict)
    snapshots: dict[str, tuple[str, int, Rows]] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)

    def rows(self, kind: str, row_id: str) -> list[Json]:
        """Every version that was ever shown of a row."""
        return [one.row for one in self.versions.get((kind, row_id), []) if one.row is not None]

    def every(self, kind: str) -> list[Json]:
        """Every version of every row of a type."""
        return [
            one.row
            for (name, _), all_of in self.versions.items()
            if name == kind
            for one in all_of
            if one.row is not None
        ]

    def last(self, kind: str, row_id: str) -> Json:
        """The newest version of a row, also of one that has gone."""
        rows = self.rows(kind, row_id)
        return rows[-1] if rows else {}

    def shown(self, kind: str, row_id: str) -> Json:
        """A row as a feed has it now; empty: it left with its patient, and what is said of it later shows nowhere."""
        return next((rows[kind, row_id][1] for rows in self.present.values() if (kind, row_id) in rows), {})

    def held(self, entry_id: str) -> Json:
        """The row of a held entry in the unit's tray; empty: there is none."""
        return self.last("held_entry", entry_id)

    def taken(self, pressed: Pressed) -> Entry | None:
        """The server's record of what somebody pressed, if it is that very entry."""
        entry = self.entries.get(pressed.entry_id)
        return (
            entry if entry and entry.n == pressed.entry["n"] and entry.device_id == pressed.entry["device_id"] else None
        )


async def gathered(scenario: Scenario, passed: Passed) -> Evidence:
    """Read the server's books, and take a fresh snapshot of every feed that a tablet follows."""
    found = Evidence(scenario, passed)
    connection = await scenario.server.reader()
    found.heads = {row["feed_id"]: (row["epoch"], row["head"]) for row in await connection.fetch(_FEEDS)}
    for row in await connection.fetch(_CHANGES):
        change = {name: row[name] for name in ("seq", "type", "id", "version")}
        change["row"] = None if row["row"] is None else msgspec.json.decode(row["row"])
        found.changes[row["feed_id"]].append(change)
        version = Version(row["version"], row["seq"], row["feed_id"], change["row"])
        found.versions[row["type"], row["id"]].append(version)
    for place, row in enumerate(await connection.fetch(_ENTRIES)):
        entry = _entry(row, place)
        found.entries[entry.entry_id] = entry
    for versions in found.versions.values():
        versions.sort(key=lambda one: one.version)
    for feed, changes in found.changes.items():
        rows: Rows = {}
        apply_changes(rows, changes)
        found.present[feed] = rows
    for seat in scenario.seats:
        for feed in seat.tablet.feeds:
            snapshot = await _snapshot(scenario, feed, seat.tablet.token)
            if snapshot is not None:
                found.snapshots[feed] = snapshot
    return found


def _entry(row: Any, place: int) -> Entry:
    envelope, body = _decoded(row["original"]), {}
    if envelope:
        body = _decoded(envelope.get("body", "").encode())
    return Entry(
        row["entry_id"],
        row["device_id"],
        row["n"],
        row["type"],
        instant_ms(row["received_at"].isoformat()),
        row["verdict"],
        row["reason"],
        frozenset(row["flags"].split()),
        row["written_by"],
        place,
        envelope,
        body,
        row["staff_id"] or "",
    )


def _decoded(text: bytes) -> Json:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


async def _snapshot(scenario: Scenario, feed: str, token: str) -> tuple[str, int, Rows] | None:
    """None: the person's session is over, and her tablet is told nothing more of her own feed."""
    rows: Rows = {}
    chunk = 0
    while True:
        reply = await scenario.server.request("GET", f"/api/sync/snapshot/{feed}?chunk={chunk}", token=token)
        if reply.status == 403 and feed.startswith("user:"):
            return None
        if reply.status != 200:
            raise RuntimeError(f"the judge got {reply.status} for the snapshot of {feed}: {reply.json}")
        part = reply.json
        rows |= {(row["type"], row["id"]): (row["version"], row["row"]) for row in part["rows"]}
        if part["last"]:
            return part["epoch"], part["head"], rows
        chunk += 1
