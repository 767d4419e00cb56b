"""What shows that an entry about home care was kept: each type by the rows that it must have left."""

from typing import Any

from ward_sim.instants import instant_ms
from ward_sim.ledger import Saved

Json = dict[str, Any]
Rows = dict[tuple[str, str], tuple[int, Json]]


def _of_visit(kept: Saved, rows: Rows, kind: str = "visit") -> Json:
    return rows.get((kind, kept.body["visit_id"]), (0, {}))[1]


def _planned(kept: Saved, rows: Rows) -> bool:
    return bool(_of_visit(kept, rows))


def _started(kept: Saved, rows: Rows) -> bool:
    """The first to begin is shown; of a second start the flag."""
    began = _of_visit(kept, rows).get("started") or {}
    return began.get("staff_id") == kept.staff_id or "also_done" in kept.flags


def _ended(kept: Saved, rows: Rows) -> bool:
    row = _of_visit(kept, rows)
    mine = (row.get("ended") or {}).get("staff_id") == kept.staff_id
    return row.get("state") == "ended" and (mine or "also_done" in kept.flags)


def _not_done(kept: Saved, rows: Rows) -> bool:
    """Whoever was there after all is right."""
    return _of_visit(kept, rows).get("state") in ("not_done", "started", "ended")


def _written(kept: Saved, rows: Rows) -> bool:
    """The draft only grows; what came beside it or late was added."""
    note = _of_visit(kept, rows, "visit_note")
    texts = [note.get("text") or "", *(one["text"] for one in note.get("addenda", []))]
    return any(text.startswith(kept.body["text"]) for text in texts)


def _signed(kept: Saved, rows: Rows) -> bool:
    signature = _of_visit(kept, rows, "visit_note").get("signature") or {}
    return signature.get("strokes") == kept.body["strokes"] or "signed_before" in kept.flags


def _described(kept: Saved, rows: Rows) -> bool:
    """The newest description is shown."""
    row = rows.get(("home", kept.body["stay_id"]), (0, {}))[1]
    offset = kept.body.get("clock_offset_ms", 0)
    same = row.get("address") == kept.body["address"]
    return same or (bool(row) and instant_ms(row["described_at"]) >= instant_ms(kept.body["observed_at"]) + offset)


def _raised(kept: Saved, rows: Rows) -> bool:
    return any(
        kind == "alert" and row.get("raised_by_staff_id") == kept.staff_id for (kind, _), (_, row) in rows.items()
    )


def _said(kept: Saved, rows: Rows) -> bool:
    """It ended an SOS, or a flag says that it did not."""
    why = f"sos_{kept.body['outcome']}"
    of_her = [
        row for (kind, _), (_, row) in rows.items() if kind == "alert" and row["cause_id"] == kept.body["staff_id"]
    ]
    return kept.verdict == "flagged" or any(row.get("ended_why") == why for row in of_her)


SHOWN: dict[str, Any] = {
    "visit_planned": _planned,
    "visit_started": _started,
    "visit_ended": _ended,
    "visit_not_done": _not_done,
    "visit_note_written": _written,
    "visit_signed": _signed,
    "home_described": _described,
    "sos_raised": _raised,
    "sos_ended": _said,
}
