"""Acts of a home-care team."""

from typing import Any

from ward_sim.chaos.people.pen import Pen, Said

Json = dict[str, Any]


def _visit(pen: Pen, *states: str) -> Json | None:
    row = pen.one_of([row for row in pen.rows("visit") if row["state"] in states])
    return None if row is None else {"stay_id": row["stay_id"], "visit_id": row["visit_id"]}


def plan_visit(pen: Pen) -> Said | None:
    """A visit within the next hours, by somebody of the team."""
    stay = pen.stay()
    if stay is None:
        return None
    begins = pen.die.randrange(20, 120)
    window = {"window_from_at": pen.later(begins), "window_to_at": pen.later(begins + 60)}
    body = {"stay_id": stay["stay_id"], "visit_id": pen.new_id(), "kind": "visit", "plan": pen.words("Dressing")}
    return "visit_planned", body | window | {"staff_id": pen.person.staff_id}


def begin_visit(pen: Pen) -> Said | None:
    """She is there."""
    about = _visit(pen, "planned", "cancelled") if pen.is_registered else None
    return None if about is None else ("visit_started", about)


def end_visit(pen: Pen) -> Said | None:
    """She leaves."""
    about = _visit(pen, "started") if pen.is_registered else None
    return None if about is None else ("visit_ended", about)


def find_nobody(pen: Pen) -> Said | None:
    """Nobody opens."""
    about = _visit(pen, "planned", "started") if pen.is_registered else None
    return None if about is None else ("visit_not_done", about | {"reason": "nobody_home"})


def cancel_visit(pen: Pen) -> Said | None:
    """The visit is not wanted."""
    about = _visit(pen, "planned")
    return None if about is None else ("visit_cancelled", about | {"reason": pen.words("In hospital")})


def postpone_visit(pen: Pen) -> Said | None:
    """Another window."""
    about = _visit(pen, "planned")
    begins = pen.die.randrange(30, 200)
    window = {"window_from_at": pen.later(begins), "window_to_at": pen.later(begins + 60)}
    return None if about is None else ("visit_rescheduled", about | window)


def write_visit(pen: Pen) -> Said | None:
    """The note of a visit, or what is added to it."""
    about = _visit(pen, "started", "ended") if pen.is_registered else None
    return None if about is None else ("visit_note_written", about | {"text": pen.words("Wound dry")})


def sign_visit(pen: Pen) -> Said | None:
    """The patient signs."""
    about = _visit(pen, "started", "ended") if pen.is_registered else None
    return (
        None
        if about is None
        else (
            "visit_signed",
            about | {"signed_by": "The patient", "strokes": f"M 1 1 L {pen.die.randrange(9)} 9"},
        )
    )


def call_for_help(pen: Pen) -> Said | None:
    """An SOS."""
    return ("sos_raised", {"unit_id": pen.tablet.unit_id}) if pen.is_registered else None
