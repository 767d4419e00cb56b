"""What an entry that took effect must have left in the rows that the server ever showed."""

from collections.abc import Callable
from typing import Any

from ward_sim.chaos.judge.evidence import Entry, Evidence
from ward_sim.chaos.judge.whereabouts import had_left
from ward_sim.chaos.scenario import Pressed

Json = dict[str, Any]
_SUBJECTS = ("stay_id", "other_stay_id", "task_id", "visit_id", "bed_id", "alert_id", "held_entry_id")


def has_effect(evidence: Evidence, pressed: Pressed, entry: Entry) -> bool:
    """Whether its mark is in the rows, or a flag says why not, or the same transaction went on to something else."""
    shows = _SHOWS.get(entry.type)
    if shows is None:
        raise KeyError(f"the judge does not know what {entry.type} leaves")
    if shows(evidence, pressed):
        return True
    may_be_overruled = entry.type not in _ALWAYS and entry.verdict == "flagged"
    return may_be_overruled or _came_too_late(evidence, entry) or _has_sequel(evidence, entry)


def _came_too_late(evidence: Evidence, entry: Entry) -> bool:
    """Care planned for who had left the tablets is kept, shows nowhere, and its author is told."""
    return entry.type == "task_planned" and "departed_before" in entry.flags and had_left(evidence, entry)


def _has_sequel(evidence: Evidence, entry: Entry) -> bool:
    """A batch is one transaction: of what it does and undoes to one row only the end is told."""
    subjects = {entry.body.get(name) for name in _SUBJECTS} - {None}
    for other in evidence.entries.values():
        same = other.received_at == entry.received_at and other.entry_id != entry.entry_id
        if same and subjects & {other.body.get(name) for name in _SUBJECTS}:
            return True
    return False


def _set(evidence: Evidence, pressed: Pressed) -> bool:
    rows = evidence.rows("vital_signs", pressed.entry_id) + evidence.rows("late_set", pressed.entry_id)
    wanted = pressed.body["values"]
    return any(all(row["values"].get(name) == value for name, value in wanted.items()) for row in rows)


def _corrected(evidence: Evidence, pressed: Pressed) -> bool:
    target = pressed.body["corrects"]
    rows = evidence.rows("vital_signs", target) + evidence.rows("late_set", target)
    again = evidence.rows("vital_signs", pressed.entry_id) + evidence.rows("late_set", pressed.entry_id)
    return bool(again) or any(row.get("entered_in_error") or row.get("superseded_by") for row in rows)


def _noted(evidence: Evidence, pressed: Pressed) -> bool:
    """It was shown, or another note about the same patient was newer."""
    stay_id, text = pressed.body["stay_id"], pressed.body["note"]
    if any(row.get("note") == text for row in evidence.rows("stay", stay_id)):
        return True
    others = [one for one in evidence.entries.values() if one.type == "note_written" and one.body["stay_id"] == stay_id]
    return len(others) > 1


def _described(evidence: Evidence, pressed: Pressed) -> bool:
    wanted = bool(pressed.body["isolation"])
    return any(bool(row.get("isolation")) == wanted for row in evidence.rows("stay", pressed.body["stay_id"]))


def _done(evidence: Evidence, pressed: Pressed) -> bool:
    """She is the completer, or recorded beside the completer."""
    return any(
        row.get("ended_by_staff_id") == pressed.staff_id or pressed.staff_id in row.get("also_done_by_staff_ids", [])
        for row in evidence.rows("task", pressed.body["task_id"])
        if row["state"] == "completed"
    )


def _task_was(state: str) -> Callable[[Evidence, Pressed], bool]:
    def was(evidence: Evidence, pressed: Pressed) -> bool:
        return any(row["state"] == state for row in evidence.rows("task", pressed.body["task_id"]))

    return was


def _claimed(evidence: Evidence, pressed: Pressed) -> bool:
    rows = evidence.rows("task", pressed.body["task_id"])
    return any(row.get("owner_staff_id") == pressed.staff_id for row in rows)


def _undone(evidence: Evidence, pressed: Pressed) -> bool:
    rows = evidence.rows("task", pressed.body["task_id"])
    return any("done_corrected" in row.get("flags", []) for row in rows)


def _row_of_its_own(kind: str) -> Callable[[Evidence, Pressed], bool]:
    return lambda evidence, pressed: bool(evidence.rows(kind, pressed.entry_id))


def _admitted(evidence: Evidence, pressed: Pressed) -> bool:
    return bool(evidence.rows("stay", pressed.body["stay_id"]))


def _placed(evidence: Evidence, pressed: Pressed) -> bool:
    """It was the stay's latest placement for a while, or the stay was there already."""
    body = pressed.body
    wanted = {
        "bed_assigned": ("bed_id", body.get("bed_id")),
        "beds_swapped": ("bed_id", body.get("other_bed_id")),
        "patient_transferred": ("unit_id", body.get("to_unit_id")),
    }.get(pressed.entry["type"])
    for row in evidence.rows("stay", body["stay_id"]):
        if row.get("placed_entry_id") == pressed.entry_id or (wanted and row.get(wanted[0]) == wanted[1]):
            return True
    return pressed.entry["type"] == "patient_discharged" and bool(evidence.versions.get(("exit", body["stay_id"])))


def _taken_back(evidence: Evidence, pressed: Pressed) -> bool:
    rows = evidence.rows("stay", pressed.body["stay_id"])
    gone = bool(evidence.versions.get(("exit", pressed.body["stay_id"])))
    return gone or not rows or rows[-1].get("placed_entry_id") != pressed.body["cancels"]


def _marked(evidence: Evidence, pressed: Pressed) -> bool:
    """It was the bed's mark for a while, or said what the bed was already."""
    rows = evidence.rows("bed_status", pressed.body["bed_id"])
    same = any(row["readiness"] == pressed.body["readiness"] for row in rows)
    left = pressed.body["readiness"] == "dirty" and bool(evidence.rows("bed_use", pressed.body["bed_id"]))
    return left or same or any(row["mark_id"] == pressed.entry_id for row in rows)


def _paused(evidence: Evidence, pressed: Pressed) -> bool:
    return any(row.get("pause_reason") for row in evidence.rows("observation_duty", pressed.body["stay_id"]))


def _resumed(evidence: Evidence, pressed: Pressed) -> bool:
    return any(not row.get("pause_reason") for row in evidence.rows("observation_duty", pressed.body["stay_id"]))


def _went(evidence: Evidence, pressed: Pressed) -> bool:
    """Her answer is in the proof of who was asked."""
    rows = evidence.rows("alert", pressed.body["alert_id"])
    steps = [step for row in rows for step in row.get("steps", [])]
    by_her = any(step.get("staff_id") == pressed.staff_id and step.get("answered_at") for step in steps)
    return by_her or any(row.get("accepted_by_staff_id") == pressed.staff_id for row in rows)


def _resolved(evidence: Evidence, pressed: Pressed) -> bool:
    """It is answered, or was tried and waits again; or her answer was heard first and is all that the row ever said.

    What was held, tried and held again within one push is told once, as its second version.
    """
    rows = evidence.rows("held_entry", pressed.body["held_entry_id"])
    versions = evidence.versions.get(("held_entry", pressed.body["held_entry_id"]), [])
    waits_again = any(one.row is not None and one.version > 1 and not one.row.get("resolution") for one in versions)
    hers = (pressed.body["resolution"], pressed.staff_id)
    answered = any((row.get("resolution"), row.get("resolved_by_staff_id")) == hers for row in rows)
    return len(rows) > 1 or waits_again or answered


def _visit_was(state: str) -> Callable[[Evidence, Pressed], bool]:
    def was(evidence: Evidence, pressed: Pressed) -> bool:
        return any(row["state"] == state for row in evidence.rows("visit", pressed.body["visit_id"]))

    return was


def _visit_moment(name: str) -> Callable[[Evidence, Pressed], bool]:
    def had(evidence: Evidence, pressed: Pressed) -> bool:
        rows = evidence.rows("visit", pressed.body["visit_id"])
        return any((row.get(name) or {}).get("staff_id") == pressed.staff_id for row in rows)

    return had


def _visit_planned(evidence: Evidence, pressed: Pressed) -> bool:
    return bool(evidence.rows("visit", pressed.body["visit_id"]))


def _visit_text(evidence: Evidence, pressed: Pressed) -> bool:
    texts = [
        text
        for row in evidence.rows("visit_note", pressed.body["visit_id"])
        for text in (row.get("text"), *(one["text"] for one in row.get("addenda", [])))
    ]
    return pressed.body["text"] in texts


def _visit_signed(evidence: Evidence, pressed: Pressed) -> bool:
    return any(row.get("signature") for row in evidence.rows("visit_note", pressed.body["visit_id"]))


def _cried(evidence: Evidence, pressed: Pressed) -> bool:
    return any(row.get("raised_by_staff_id") == pressed.staff_id for row in evidence.every("alert"))


# What these say is never overruled: a flag beside it excuses nothing.
_ALWAYS = frozenset({"vital_signs_charted", "patient_admitted", "task_planned", "visit_planned", "visit_note_written"})
_SHOWS: dict[str, Callable[[Evidence, Pressed], bool]] = {
    "vital_signs_charted": _set,
    "vital_signs_corrected": _corrected,
    "note_written": _noted,
    "stay_details_changed": _described,
    "task_planned": _row_of_its_own("task"),
    "recurring_care_started": _row_of_its_own("recurring_care"),
    "task_done": _done,
    "task_not_done": _task_was("failed"),
    "task_deferred": _task_was("on-hold"),
    "task_cancelled": _task_was("cancelled"),
    "task_claimed": _claimed,
    "task_done_corrected": _undone,
    "observations_paused": _paused,
    "observations_resumed": _resumed,
    "alert_accepted": _went,
    "held_entry_resolved": _resolved,
    "patient_admitted": _admitted,
    "bed_assigned": _placed,
    "beds_swapped": _placed,
    "patient_transferred": _placed,
    "patient_discharged": _placed,
    "placement_cancelled": _taken_back,
    "bed_marked": _marked,
    "visit_planned": _visit_planned,
    "visit_started": _visit_moment("started"),
    "visit_ended": _visit_moment("ended"),
    "visit_not_done": _visit_was("not_done"),
    "visit_cancelled": _visit_was("cancelled"),
    "visit_rescheduled": _visit_planned,
    "visit_note_written": _visit_text,
    "visit_signed": _visit_signed,
    "sos_raised": _cried,
}
