"""A server of docs/protocol.md in memory: the far edge of a tablet's world, without any clinical rule."""

from typing import Any
from urllib.parse import unquote

import msgspec

from ward_sim.checksum import row_sum

FEED = "unit:00000000-0000-7000-8000-000000000001"
EPOCH = "paper"
CHUNK_ROWS = 3


class PaperServer:
    """Keeps every entry once and shows it as one row of one feed."""

    def __init__(self) -> None:
        self.epoch = EPOCH
        self.outcomes: dict[str, str] = {}
        self.pushed: list[list[str]] = []
        self.missing: list[list[int]] = []
        self.changes: list[dict[str, Any]] = []
        self.rows: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}

    def append(self, type_name: str, row_id: str, version: int, row: dict[str, Any] | None) -> None:
        """Append a change to the feed."""
        seq = len(self.changes) + 1
        change = {"seq": seq, "type": type_name, "id": row_id, "version": version, "row": row}
        self.changes.append(change)
        if type_name == "exit":
            leaving = [k for k, kept in self.rows.items() if kept[1]["stay_id"] == row_id and k[0] != "held_entry"]
            for key in leaving:
                del self.rows[key]
        elif row is None:
            self.rows.pop((type_name, row_id), None)
        else:
            self.rows[type_name, row_id] = (version, row)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Answer a request of a tablet; this server has one feed."""
        if method == "POST":
            return 200, self.push(body)
        if FEED not in unquote(path):
            return 503, None
        return 200, self.get(path)

    def push(self, push: dict[str, Any]) -> dict[str, Any]:
        """Answer `POST /api/sync/entries`."""
        verdicts = []
        self.pushed.append([entry["entry_id"] for entry in push["entries"]])
        for entry in push["entries"]:
            entry_id = entry["entry_id"]
            if entry_id in self.outcomes:
                outcome = self.outcomes[entry_id]
                verdicts.append({"entry_id": entry_id, "verdict": "duplicate", "outcome": outcome})
                continue
            body = msgspec.json.decode(entry["body"])
            self.outcomes[entry_id] = "held" if body.get("strange") else "accepted"
            verdicts.append({"entry_id": entry_id, "verdict": self.outcomes[entry_id]})
            shown_as = "held_entry" if body.get("strange") else "note"
            self.append(shown_as, entry_id, 1, {"stay_id": body.get("stay_id"), "body": entry["body"]})
        heads = {FEED: len(self.changes)}
        return {"verdicts": verdicts, "heads": heads, "epoch": self.epoch, "server_at": _AT, "missing": self.missing}

    def get(self, path: str) -> dict[str, Any]:
        """Answer a page or a chunk."""
        door, _, query = path.partition("?")
        asked = dict(pair.split("=") for pair in query.split("&"))
        head = len(self.changes)
        whole = {"feed": FEED, "epoch": self.epoch, "head": head, "server_at": _AT}
        if "snapshot" in door:
            first = int(asked["chunk"]) * CHUNK_ROWS
            rows = [
                {"type": kind, "id": row_id, "version": version, "row": row}
                for (kind, row_id), (version, row) in self.rows.items()
            ]
            last = first + CHUNK_ROWS >= len(rows)
            part = rows[first : first + CHUNK_ROWS]
            return {**whole, "chunk": int(asked["chunk"]), "last": last, "rows": part}
        after = int(asked["after"])
        part = self.changes[after : after + int(asked["limit"])]
        return {**whole, "more": after + len(part) < head, "changes": part}

    def frames(self, after: int) -> list[dict[str, Any]]:
        """Return what a live socket would send to a tablet at this cursor."""
        news = self.changes[after:]
        total = sum(row_sum(*key, kept[0]) for key, kept in self.rows.items()) % 2**64
        upto = {
            "frame": "upto",
            "feed": FEED,
            "epoch": self.epoch,
            "head": len(self.changes),
            "sum": f"{total:016x}",
            "server_at": _AT,
        }
        if not news:
            return [upto]
        span = {"from": after + 1, "to": len(self.changes), "changes": news}
        return [{"frame": "delta", "feed": FEED, "epoch": self.epoch, **span}, upto]


_AT = "2026-03-02T07:00:00.000Z"
