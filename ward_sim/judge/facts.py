"""Nothing lost, nothing doubled, every replica equal: the tablets' own books against fresh snapshots."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from ward_sim.judge import shown
from ward_sim.ledger import Saved
from ward_sim.tablet import Tablet

Json = dict[str, Any]
Rows = dict[tuple[str, str], tuple[int, Json]]
_OPEN = ("ready", "accepted", "on-hold")


def lost(saved: Iterable[Saved], rows: Rows) -> list[str]:
    """Return the ids of saved entries that no fresh snapshot shows: neither applied nor waiting in a tray."""
    return [
        kept.entry["entry_id"]
        for kept in saved
        if ("held_entry", kept.entry["entry_id"]) not in rows and not _is_shown(kept, rows)
    ]


def is_about(kept: Saved, rows: Rows) -> bool:
    """Return whether an entry's patient or task is among these rows."""
    return ("stay", kept.body.get("stay_id")) in rows or ("task", kept.body.get("task_id")) in rows


def _is_shown(kept: Saved, rows: Rows) -> bool:
    check = _SHOWN.get(kept.entry["type"])
    if check is None:
        return kept.verdict in ("accepted", "flagged", "duplicate")
    return check(kept, rows)


def _row(rows: Rows, type_name: str, row_id: str) -> Json:
    return rows.get((type_name, row_id), (0, {}))[1]


def _vital_signs(kept: Saved, rows: Rows) -> bool:
    values = kept.body.get("values")
    if values is None:
        return _row(rows, "vital_signs", kept.body["corrects"]).get("entered_in_error", False)
    row = _row(rows, "vital_signs", kept.entry["entry_id"])
    shown = row.get("values", {})
    return bool(row) and all(shown.get(name) == value for name, value in values.items())


def _task_done(kept: Saved, rows: Rows) -> bool:
    return _row(rows, "task", kept.body["task_id"]).get("state") == "completed"


def _task_not_done(kept: Saved, rows: Rows) -> bool:
    return _row(rows, "task", kept.body["task_id"]).get("state") in ("failed", "completed")


def _own_row(type_name: str) -> Any:
    return lambda kept, rows: (type_name, kept.entry["entry_id"]) in rows


def _duty_ended(kept: Saved, rows: Rows) -> bool:
    return _row(rows, "duty", kept.body["duty_id"]).get("ended_at") is not None


def _response(kept: Saved, rows: Rows) -> bool:
    shown = _row(rows, "task", kept.body["task_id"]).get("response") or {}
    return all(name in shown for name in kept.body["response"])


def _stay(kept: Saved, rows: Rows) -> bool:
    return ("stay", kept.body["stay_id"]) in rows


def _applied(kept: Saved, rows: Rows) -> bool:
    """Of these entries the witnesses saw the effect (ward_sim/judge/applied.py), which need not last."""
    return ("applied", kept.entry["entry_id"]) in rows


ABOUT_BEDS = (
    "bed_marked",
    "bed_reserved",
    "bed_reservation_cancelled",
    "bed_assigned",
    "beds_swapped",
    "patient_transferred",
    "patient_discharged",
    "placement_cancelled",
)
PLANS_OF_VISITS = ("visit_reassigned", "visit_rescheduled", "visit_cancelled")
_SHOWN: dict[str, Any] = {
    "vital_signs_charted": _vital_signs,
    "vital_signs_corrected": _vital_signs,
    "task_done": _task_done,
    "task_not_done": _task_not_done,
    "task_planned": _own_row("task"),
    "recurring_care_started": _own_row("recurring_care"),
    "duty_started": _own_row("duty"),
    "duty_ended": _duty_ended,
    "response_recorded": _response,
    "patient_admitted": _stay,
    **dict.fromkeys((*ABOUT_BEDS, *PLANS_OF_VISITS), _applied),
    **shown.SHOWN,
}


def doubled(saved: Iterable[Saved], rows: Rows) -> list[str]:
    """Return the ids of rows that stand for a fact twice, or for a fact that no tablet ever saved."""
    ids = {kept.entry["entry_id"] for kept in saved}
    found: list[str] = []
    facts: Counter[bytes] = Counter()
    open_observations: Counter[str] = Counter()
    for (kind, row_id), (_, row) in rows.items():
        fact = _fact(kind, row)
        if fact is not None:
            key = msgspec.json.encode(fact)
            facts[key] += 1
            if facts[key] > 1 or row_id not in ids:
                found.append(row_id)
        if kind == "task" and row["kind"] == "observation" and row["state"] in _OPEN:
            open_observations[row["stay_id"]] += 1
            if open_observations[row["stay_id"]] > 1:
                found.append(row_id)
    return found


def _fact(kind: str, row: Json) -> Any:
    """What makes a row the record of one act of one person; None: no person's act."""
    if kind == "vital_signs":
        who = [row["author_staff_id"], row["stay_id"], row["recorded_at"], row["observed_at"]]
        return [kind, *who, sorted(row["values"].items(), key=str), row.get("supersedes")]
    if kind == "task" and row.get("text"):
        return [kind, row["stay_id"], row["text"], row["due_at"]]
    if kind == "duty":
        return [kind, row["staff_id"], row["started_at"]]
    return None


def diverged(tablets: Iterable[Tablet], snapshots: dict[str, tuple[str, int, Rows]]) -> list[str]:
    """Say of each tablet whose replica of its unit is not the fresh snapshot at the same cursor, how it differs."""
    found = []
    for tablet in tablets:
        epoch, head, rows = snapshots[f"unit:{tablet.unit_id}"]
        feed = tablet.feeds[f"unit:{tablet.unit_id}"]
        same = (feed.epoch, feed.seq) == (epoch, head) and feed.rows == rows
        if not same or tablet.diverged:
            differing = [key for key in feed.rows.keys() | rows.keys() if feed.rows.get(key) != rows.get(key)]
            where = f"at {feed.seq} of {head}, {tablet.summary()['connection']}, asking: {tablet.asking}"
            sums = [f"{name} at {seq}" for name, seq in tablet.diverged]
            found.append(f"{tablet.device_id} {where}; rows that differ: {differing[:5]}; sums that differed: {sums}")
    return found


def unwatched(rows: Rows, present_stay_ids: Iterable[str]) -> list[str]:
    """Return the stays with neither an open observation task nor a pause."""
    watched = {
        row["stay_id"]
        for (kind, _), (_, row) in rows.items()
        if (kind == "task" and row["kind"] == "observation" and row["state"] in _OPEN)
        or (kind == "observation_duty" and (row.get("pause_reason") or row.get("stopped")))
    }
    return [stay_id for stay_id in present_stay_ids if stay_id not in watched]
