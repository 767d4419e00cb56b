"""S7: an entry names the state that its author saw, and what she wrote about was to be seen in it."""

from ward_sim.chaos.judge.evidence import Evidence

_ABOUT = {
    "task_id": "task",
    "corrects": "vital_signs",
    "visit_id": "visit",
    "alert_id": "alert",
    "held_entry_id": "held_entry",
    "stay_id": "stay",
}
_MAKES = {("visit_planned", "visit_id"), ("patient_admitted", "stay_id")}


def check(evidence: Evidence) -> None:
    """Of each entry all that it refers to; and on every tablet no row without the patient it is of."""
    book = evidence.scenario.book
    for pressed in evidence.scenario.pressed:
        seen = pressed.body.get("seen")
        if not seen or evidence.heads.get(seen["feed"], ("", 0))[0] != seen["epoch"]:
            continue
        head = evidence.heads[seen["feed"]][1]
        book.check("S7", holds=seen["seq"] <= head, otherwise=f"{pressed.entry_id} saw {seen} beyond {head}")
        for name, kind in _ABOUT.items():
            about = pressed.body.get(name)
            if about is None or (pressed.entry["type"], name) in _MAKES:
                continue
            first = min(
                (v.seq for v in evidence.versions.get((kind, about), []) if v.feed == seen["feed"]), default=None
            )
            told = (
                f"{pressed.entry['type']} {pressed.entry_id} is about {kind} {about}, first at {first}, and saw {seen}"
            )
            book.check("S7", holds=first is not None and first <= seen["seq"], otherwise=told)
    for seat in evidence.scenario.seats:
        rows = seat.tablet.feeds[f"unit:{seat.tablet.unit_id}"].rows
        for kind in ("vital_signs", "task", "visit"):
            for (name, row_id), (_, row) in rows.items():
                if name == kind:
                    known = ("stay", row["stay_id"]) in rows
                    book.check("S7", holds=known, otherwise=f"{kind} {row_id} is shown without its patient")
