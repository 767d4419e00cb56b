"""Acts at the bedside: sets and their corrections, care done and not done, notes, decisions."""

from typing import Any

from ward_sim.chaos.people.pen import OPEN, Pen, Said

Json = dict[str, Any]
_CARE = ("round", "turning", "other")


def chart(pen: Pen) -> Said | None:
    """A set; one in ten is of a patient who is getting worse, one in six is not whole."""
    stay = pen.stay()
    if stay is None:
        return None
    ill, die = pen.die.random() < 0.1, pen.die
    values: Json = {
        "respiratory_rate_per_min": die.randrange(25, 34) if ill else die.randrange(12, 20),
        "spo2_percent": die.randrange(86, 92) if ill else die.randrange(95, 100),
        "on_oxygen": False,
        "systolic_mmhg": die.randrange(111, 160),
        "diastolic_mmhg": die.randrange(60, 90),
        "pulse_per_min": die.randrange(55, 131 if ill else 90),
        "consciousness": "C" if ill and die.random() < 0.4 else "A",
        "temperature_tenths_c": die.randrange(365, 376),
    }
    if die.random() < 0.16:
        del values["temperature_tenths_c"]
        values["not_done"] = [{"parameter": "temperature", "reason": die.choice(("refused", "asleep", "no_device"))}]
    return "vital_signs_charted", {"stay_id": stay["stay_id"], "values": values}


def correct(pen: Pen) -> Said | None:
    """A set was wrong: other values, or struck out."""
    rows = [row for row in pen.rows("vital_signs") if not row.get("superseded_by") and not row.get("entered_in_error")]
    row = pen.one_of(rows)
    if row is None:
        return None
    values = {name: value for name, value in row["values"].items() if name != "confirmed"}
    again = values | {"pulse_per_min": pen.die.randrange(50, 120)} if pen.die.random() < 0.7 else None
    body = {"stay_id": row["stay_id"], "corrects": row["entry_id"], "reason": pen.words("Slip of the finger")}
    return "vital_signs_corrected", body | ({"values": again} if again else {})


def note(pen: Pen) -> Said | None:
    """The one line about a patient."""
    stay = pen.stay()
    return None if stay is None else ("note_written", {"stay_id": stay["stay_id"], "note": pen.words("Slept well")})


def describe(pen: Pen) -> Said | None:
    """Isolation begins or ends."""
    stay = pen.stay()
    if stay is None:
        return None
    details = {"pregnant": False, "isolation": pen.die.random() < 0.6}
    return "stay_details_changed", {"stay_id": stay["stay_id"], **details}


def plan_care(pen: Pen) -> Said | None:
    """Something to do once: of a dose given twice the ward would want to know."""
    stay = pen.stay() if pen.is_registered else None
    if stay is None:
        return None
    body = {"stay_id": stay["stay_id"], "text": pen.words("Bloods"), "due_at": pen.later(pen.die.randrange(20, 90))}
    return "task_planned", body


def begin_care(pen: Pen) -> Said | None:
    """Turning or rounds from a template."""
    stay = pen.stay() if pen.is_registered else None
    templates = [row for row in pen.tablet.feeds["reference"].of_type("care_template") if row["kind"] in _CARE]
    template = pen.one_of(sorted(templates, key=lambda row: row["text_key"]))
    if stay is None or template is None:
        return None
    care = {"template_id": template["template_id"], "interval_minutes": 60, "first_due_at": pen.later(30)}
    return "recurring_care_started", {"stay_id": stay["stay_id"]} | care


def _task(pen: Pen, *, still_open: bool = True) -> Json | None:
    tasks = [row for row in pen.rows("task") if row["kind"] in _CARE and (row["state"] in OPEN) == still_open]
    task = pen.one_of(tasks)
    return None if task is None else {"stay_id": task["stay_id"], "task_id": task["task_id"]}


def do(pen: Pen) -> Said | None:
    """Care is done; one in four ticks what a colleague has ticked already."""
    about = _task(pen, still_open=pen.die.random() < 0.75)
    return None if about is None else ("task_done", about)


def leave_undone(pen: Pen) -> Said | None:
    """Care was not done, with a reason."""
    about = _task(pen)
    return (
        None
        if about is None
        else ("task_not_done", about | {"reason": pen.die.choice(("refused", "asleep", "off_ward"))})
    )


def claim(pen: Pen) -> Said | None:
    """ "I do it"."""
    about = _task(pen)
    return None if about is None else ("task_claimed", about)


def put_off(pen: Pen) -> Said | None:
    """Later, with a reason."""
    about = _task(pen) if pen.is_registered else None
    return (
        None
        if about is None
        else ("task_deferred", about | {"due_at": pen.later(60), "reason": pen.words("At physiotherapy")})
    )


def cancel_care(pen: Pen) -> Said | None:
    """Not wanted any more."""
    about = _task(pen) if pen.is_registered else None
    return None if about is None else ("task_cancelled", about | {"reason": pen.words("Not wanted")})


def undo(pen: Pen) -> Said | None:
    """It was not done after all."""
    about = _task(pen, still_open=False)
    return None if about is None else ("task_done_corrected", about | {"reason": pen.words("Wrong patient")})


def pause(pen: Pen) -> Said | None:
    """A patient is fetched to imaging, or comes back."""
    row = pen.one_of([row for row in pen.rows("observation_duty") if row.get("pause_reason")])
    if row is not None:
        return "observations_resumed", {"stay_id": row["stay_id"]}
    stay = pen.stay()
    return (
        None
        if stay is None
        else (
            "observations_paused",
            {"stay_id": stay["stay_id"], "reason": "imaging", "expected_return_at": pen.later(40)},
        )
    )


def go(pen: Pen) -> Said | None:
    """ "I am going", said to an alert."""
    alert = pen.one_of([row for row in pen.rows("alert") if row["state"] in ("open", "accepted")])
    return None if alert is None else ("alert_accepted", {"alert_id": alert["alert_id"]})


def answer_tray(pen: Pen) -> Said | None:
    """Who leads answers what waits: try again, or discard it with a reason."""
    held = [row for row in pen.rows("held_entry") if not row.get("resolution")] if pen.leads else []
    row = pen.one_of(sorted(held, key=lambda row: (row["held_at"], row["entry_type"])))
    if row is None:
        return None
    how = {"resolution": "reapplied"} if pen.die.random() < 0.5 else {"resolution": "discarded", "reason": "Known"}
    return "held_entry_resolved", {"held_entry_id": row["held_entry_id"]} | how
