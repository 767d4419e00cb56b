"""Home care: what must have been asked about visits and nurses, by visits and entries and never by alerts."""

from collections.abc import Iterable
from typing import Any

from ward_sim.instants import HOUR, MINUTE, instant_ms
from ward_sim.judge.alert_oracle import Act, ExpectedAlert
from ward_sim.judge.facts import Rows
from ward_sim.judge.witness import LOOK_MS, SeenVersion
from ward_sim.ledger import Saved

Json = dict[str, Any]
# docs/escalation.md, the table of care: the grace of a visit after its window.
_GRACE_MS = 15 * MINUTE
# backend/tasks/rules/visiting.py: a visit that began and goes on for so long is asked about.
_LONGEST_MS = 4 * HOUR
_OPEN_VISIT = ("planned", "started")
_OPEN_TASK = ("ready", "accepted", "on-hold")
PLAN_VISIT = "task.plan_visit"


def overdue_visits(visits: dict[str, list[SeenVersion]], end_at: int) -> list[ExpectedAlert]:
    """Every visit that was still to begin, or to end, when its time had passed, and a look longer."""
    expected = []
    for visit_id, versions in visits.items():
        for seen in _as_long_as_due_alike(versions):
            overdue_at = max(_due_at(seen.row), seen.from_at)
            until_at = min(seen.until_at or end_at, end_at)
            if overdue_at < until_at - LOOK_MS:
                window = (overdue_at, min(until_at, overdue_at + 2 * LOOK_MS))
                expected.append(ExpectedAlert("visit", seen.row["stay_id"], *window, visit_id))
    return expected


def _due_at(row: Json) -> int:
    if row["state"] == "started":
        return instant_ms(row["started"]["observed_at"]) + _LONGEST_MS
    return instant_ms(row["window_to_at"]) + _GRACE_MS


def _as_long_as_due_alike(versions: list[SeenVersion]) -> Iterable[SeenVersion]:
    """The spans in which the visit was open and due at one instant: a flag or another nurse changes nothing of that."""
    joined: list[SeenVersion] = []
    for seen in versions:
        if seen.row["state"] not in _OPEN_VISIT:
            continue
        last = joined[-1] if joined else None
        if last and last.until_at == seen.from_at and _due_at(last.row) == _due_at(seen.row):
            joined[-1] = SeenVersion(seen.row, last.from_at, seen.until_at)
        else:
            joined.append(seen)
    return joined


def calls_for_help(acts: list[Act], authors: dict[str, str], flagged: set[str], end_at: int) -> list[ExpectedAlert]:
    """Every SOS from when the server had it until somebody said how she is; `authors` and `flagged` by entry.

    An end that was flagged ended nothing: nobody had asked for help, or she pressed again since.
    """
    ends = [act for act in acts if act.type == "sos_ended" and act.entry_id not in flagged]
    expected = []
    for act in acts:
        if act.type != "sos_raised":
            continue
        staff_id = authors[act.entry_id]
        over = [e.arrived_at for e in ends if e.body["staff_id"] == staff_id and e.arrived_at >= act.arrived_at]
        until_at = min(over, default=end_at)
        expected.append(ExpectedAlert("sos", staff_id, act.arrived_at, until_at, None, "red"))
    return expected


def unplanned(rows: Rows, present_stay_ids: Iterable[str]) -> list[str]:
    """Return the home patients with neither an open visit, a pause, nor the task to plan the next visit."""
    looked_after = {
        row["stay_id"]
        for (kind, _), (_, row) in rows.items()
        if (kind == "visit" and row["state"] in _OPEN_VISIT)
        or (kind == "task" and row.get("text_key") == PLAN_VISIT and row["state"] in _OPEN_TASK)
        or (kind == "observation_duty" and row.get("pause_reason"))
    }
    return [stay_id for stay_id in present_stay_ids if stay_id not in looked_after]


def doubled(saved: Iterable[Saved], rows: Rows) -> list[str]:
    """Return the visits that no tablet planned, and the notes to which one act was added twice."""
    ids = {kept.body["visit_id"] for kept in saved if kept.entry["type"] == "visit_planned"}
    found = [row_id for kind, row_id in rows if kind == "visit" and row_id not in ids]
    for (kind, row_id), (_, row) in rows.items():
        added = [(one["author_staff_id"], one["observed_at"]) for one in row.get("addenda", [])]
        if kind == "visit_note" and len(set(added)) < len(added):
            found.append(row_id)
    return found
