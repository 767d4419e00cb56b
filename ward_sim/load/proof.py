"""At the end: every acknowledged entry is there once, and what the tablets heard is what the server has."""

from typing import Any

import msgspec

from ward_sim.load.follower import encode
from ward_sim.load.ledger import Ledger
from ward_sim.load.light import LightTablet
from ward_sim.load.wards import LoadedWard

Json = dict[str, Any]
BATCH = 200
SHOWN = 5
SET = "vital_signs_charted"


async def proven(wards: list[LoadedWard], ledger: Ledger) -> tuple[Json, list[str]]:
    """What was checked, and what is wrong, in words."""
    wrong = [f"{feed}: {text}" for feed, book in ledger.books.items() for text in book.wrong[:SHOWN]]
    wrong += await _sent_again(ledger)
    sets = {entry["entry_id"] for _, entry in ledger.acknowledged if entry["type"] == SET}
    found: list[str] = []
    for ward in wards:
        rows = await _rows(ward.charge, f"unit:{ward.charge.tablet.unit_id}")
        found += [row["id"] for row in rows if row["type"] == "vital_signs"]
    missing = sets - set(found)
    if missing:
        wrong.append(f"{len(missing)} acknowledged sets are in no ward's snapshot")
    if len(found) != len(set(found)):
        wrong.append("a set is in the snapshots twice")
    checked = {"acknowledged": len(ledger.acknowledged), "sets_in_snapshots": len(sets - missing)}
    return {**checked, "changes_heard": sum(len(book.heard) for book in ledger.books.values())}, wrong


async def _sent_again(ledger: Ledger) -> list[str]:
    """A reply may be lost, and a tablet sends again: each entry must be known."""
    by_tablet: dict[LightTablet, list[Json]] = {}
    for tablet, entry in ledger.acknowledged:
        by_tablet.setdefault(tablet, []).append(entry)
    unknown = 0
    for tablet, entries in by_tablet.items():
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            push = encode({"outbox_depth": 0, "max_n": batch[-1]["n"], "entries": batch})
            headers = {**tablet.tablet.proof, "content_type": "application/json"}
            reply = await tablet.tablet.line.ask("POST", "/api/sync/entries", push, **headers)
            verdicts = msgspec.json.decode(reply.body)["verdicts"]
            unknown += sum(verdict["verdict"] != "duplicate" for verdict in verdicts)
        tablet.tablet.line.hang_up()
    return [f"{unknown} acknowledged entries were not known when they came again"] if unknown else []


async def _rows(tablet: LightTablet, feed: str) -> list[Json]:
    rows: list[Json] = []
    number, at = 0, ""
    while True:
        path = f"/api/sync/snapshot/{feed}?chunk={number}{at}"
        chunk = msgspec.json.decode((await tablet.reads.ask("GET", path, b"", **tablet.tablet.proof)).body)
        rows += chunk["rows"]
        number, at = number + 1, f"&head={chunk['head']}"
        if chunk["last"]:
            tablet.reads.hang_up()
            return rows
