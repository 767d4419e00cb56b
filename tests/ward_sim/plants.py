"""Violations of every invariant, each planted in what the chaos judge looks at."""

from collections.abc import Callable
from typing import Any

from ward_sim.chaos.judge.evidence import Evidence, Version
from ward_sim.chaos.judge.passed import Told

Plant = Callable[[Evidence], None]


def some(evidence: Evidence, type_name: str) -> Any:
    return next(one for one in evidence.entries.values() if one.type == type_name and one.verdict == "accepted")


def _lose_an_entry(evidence: Evidence) -> None:
    del evidence.entries[some(evidence, "vital_signs_charted").entry_id]


def _take_its_effect(evidence: Evidence) -> None:
    entry = some(evidence, "vital_signs_charted")
    del evidence.versions["vital_signs", entry.entry_id]


def _call_who_is_here_departed(evidence: Evidence) -> None:
    spoken_of = {one.body.get("task_id") for one in evidence.entries.values()}
    planned = [one for one in evidence.entries.values() if one.type == "task_planned" and one.verdict == "accepted"]
    entry = next(one for one in planned if one.entry_id not in spoken_of)
    del evidence.versions["task", entry.entry_id]
    evidence.entries[entry.entry_id] = entry._replace(verdict="flagged", flags=frozenset({"departed_before"}))


def _record_it_twice(evidence: Evidence) -> None:
    entry = some(evidence, "vital_signs_charted")
    other = "01900000-0000-7000-8000-000000000000"
    evidence.entries[other] = entry._replace(entry_id=other)


def _answer_otherwise(evidence: Evidence) -> None:
    entry = some(evidence, "vital_signs_charted")
    told = evidence.passed.verdicts[entry.entry_id]
    told.append(Told(0, told[0].life, {"entry_id": entry.entry_id, "verdict": "held", "reason": "invalid"}))


def _change_a_row(evidence: Evidence) -> None:
    feed = next(feed for feed in evidence.snapshots if feed.startswith("unit:"))
    key = next(key for key in evidence.snapshots[feed][2] if key[0] == "bed" or key[0] == "stay")
    version, row = evidence.snapshots[feed][2][key]
    evidence.snapshots[feed][2][key] = (version, {**row, "note": "another"})


def _send_a_patient_elsewhere(evidence: Evidence) -> None:
    stays = {entry.body["stay_id"] for entry in evidence.entries.values() if entry.type == "patient_admitted"}
    left = {
        e.body.get("stay_id")
        for e in evidence.entries.values()
        if e.type in ("patient_discharged", "patient_transferred")
    }
    entry = next(
        e for e in evidence.entries.values() if e.type == "patient_admitted" and e.body["stay_id"] in stays - left
    )
    other = next(unit_id for unit_id in evidence.scenario.units if unit_id != entry.body["unit_id"])
    evidence.entries[entry.entry_id] = entry._replace(body={**entry.body, "unit_id": other})


def _make_a_hole(evidence: Evidence) -> None:
    feed = next(feed for feed in evidence.changes if feed.startswith("unit:"))
    del evidence.changes[feed][len(evidence.changes[feed]) // 2]


def _send_newest_first(evidence: Evidence) -> None:
    evidence.passed.posted.append((0, 0, [{"n": 2}, {"n": 1}]))


def _receive_out_of_order(evidence: Evidence) -> None:
    seat = evidence.scenario.seats[0]
    mine = sorted((e for e in evidence.entries.values() if e.device_id == seat.tablet.device_id), key=lambda e: e.n)
    evidence.entries[mine[0].entry_id] = mine[0]._replace(received_at=mine[-1].received_at + 1)


def _see_the_future(evidence: Evidence) -> None:
    pressed = next(one for one in evidence.scenario.pressed if one.body.get("seen"))
    pressed.body = {**pressed.body, "seen": {**pressed.body["seen"], "seq": 10**6}}


def _show_no_cause(evidence: Evidence) -> None:
    pressed = next(one for one in evidence.scenario.pressed if one.entry["type"] == "vital_signs_charted")
    pressed.body = {**pressed.body, "seen": {**pressed.body["seen"], "seq": 0}}


def _hold_a_set_for_scope(evidence: Evidence) -> None:
    entry = some(evidence, "vital_signs_charted")
    evidence.entries[entry.entry_id] = entry._replace(verdict="held", reason="out_of_scope")


def _rows(evidence: Evidence, kind: str, *rows: dict[str, Any]) -> None:
    """Plant the versions of one row in a unit's feed."""
    feed = next(feed for feed in evidence.changes if feed.startswith("unit:"))
    evidence.versions[kind, "planted"] = [Version(n, n, feed, row) for n, row in enumerate(rows, 1)]


def mark(evidence: Evidence, *readiness: str, **of: Any) -> None:
    """Plant marks of one bed in one transaction, of which only the first and the last are told."""
    entry = some(evidence, "vital_signs_charted")._replace(type="bed_marked")
    before, *marks = readiness
    for place, word in enumerate(marks, len(evidence.entries)):
        body = {**entry.body, "bed_id": "planted", "readiness": word}
        one = entry._replace(entry_id=f"mark {place}", place=place, written_by=-1, body=body)
        evidence.entries[one.entry_id] = one if word is marks[-1] else one._replace(**of)
    counted = 0 if of else len(marks) - 1
    rows = ({"readiness": before}, {"readiness": marks[-1], "mark_id": f"mark {len(evidence.entries) - 1}"})
    _rows(evidence, "bed_status", *rows)
    first, last = evidence.versions["bed_status", "planted"]
    evidence.versions["bed_status", "planted"] = [first, last._replace(version=last.version + counted)]


OVERRULED = {"verdict": "flagged", "flags": frozenset({"newer_bed_mark"})}


def _keep_rows_of_who_went_home(evidence: Evidence) -> None:
    """As a tablet that missed the exit: her stay says that she has left, and it is still there."""
    seat = evidence.scenario.seats[0]
    entry = some(evidence, "patient_admitted")
    stay_id, long_ago = "who went home", entry._replace(place=-2, received_at=0)
    body = {**entry.body, "stay_id": stay_id, "unit_id": seat.tablet.unit_id}
    evidence.entries["in"] = long_ago._replace(entry_id="in", body=body)
    evidence.entries["out"] = long_ago._replace(
        entry_id="out", type="patient_discharged", place=-1, received_at=1, body={"stay_id": stay_id}
    )
    seat.tablet.feeds[f"unit:{seat.tablet.unit_id}"].rows["stay", stay_id] = (
        2,
        {"stay_id": stay_id, "departed_at": "2026-03-02T06:40:00.000Z"},
    )


def _put_two_into_one_bed(evidence: Evidence) -> None:
    feed = next(feed for feed in evidence.changes if feed.startswith("unit:"))
    head = evidence.heads[feed][1]
    for number in (1, 2):
        row = {"bed_id": "a bed", "stay_id": str(number)}
        change = {"seq": head + number, "type": "stay", "id": str(number), "version": 1, "row": row}
        evidence.changes[feed].append(change)


def _believe_a_wrong_clock(evidence: Evidence) -> None:
    pressed = next(
        one
        for one in evidence.scenario.pressed
        if one.entry["type"] == "vital_signs_charted" and one.body["clock_quality"] == "fresh"
    )
    pressed.at += 3_600_000


def _throw_a_misshapen_entry_away(evidence: Evidence) -> None:
    pressed = next(one for one in evidence.scenario.pressed if one.ticked and not one.odd)
    pressed.odd = "unknown_field"


def _forget_what_was_taken(evidence: Evidence) -> None:
    evidence.scenario.restores = [(10**15, 0)]
    _lose_an_entry(evidence)


def _leak_a_patient(evidence: Evidence) -> None:
    feed = next(feed for feed in evidence.changes if feed.startswith("unit:"))
    row = {"stay_id": "of another unit"}
    evidence.changes[feed].append({"seq": 0, "type": "patient", "id": "x", "version": 1, "row": row})


ALERT = {"round": 1}
TASK = {"kind": "other", "state": "ready"}
VISIT = {"state": "ended"}
NOTE = {"text": "Wound dry", "signature": {"signed_by": "The patient"}}
PLANTED: list[tuple[str, Plant]] = [
    ("S1", _lose_an_entry),
    ("S1", _take_its_effect),
    ("S1", _call_who_is_here_departed),
    ("S2", _record_it_twice),
    ("S2", _answer_otherwise),
    ("S3", _change_a_row),
    ("S4", _send_a_patient_elsewhere),
    ("S4", _keep_rows_of_who_went_home),
    ("S5", _make_a_hole),
    ("S6", _send_newest_first),
    ("S6", _receive_out_of_order),
    ("S7", _see_the_future),
    ("S7", _show_no_cause),
    ("S8", _hold_a_set_for_scope),
    ("S8", _put_two_into_one_bed),
    ("S8", lambda e: _rows(e, "alert", ALERT | {"accepted_by_staff_id": "a"}, ALERT | {"accepted_by_staff_id": "b"})),
    ("S8", lambda e: _rows(e, "task", TASK | {"owner_staff_id": "a"}, TASK | {"owner_staff_id": "b"})),
    ("S8", lambda e: _rows(e, "bed_status", {"readiness": "blocked"}, {"readiness": "clean"})),
    ("S8", lambda e: _rows(e, "bed_status", {"readiness": "dirty"}, {"readiness": "clean"})),
    ("S8", lambda e: mark(e, "blocked", "dirty", "clean")),
    ("S8", lambda e: mark(e, "blocked", "cleaning", "dirty", "cleaning", "clean")),
    ("S8", lambda e: mark(e, "dirty", "cleaning", "clean", verdict="held")),
    ("S8", lambda e: mark(e, "dirty", "cleaning", "clean", **OVERRULED)),
    ("S8", lambda e: _rows(e, "visit", VISIT, {"state": "cancelled"})),
    ("S8", lambda e: _rows(e, "visit_note", NOTE, NOTE | {"text": "Wound wet"})),
    ("S9", _believe_a_wrong_clock),
    ("S10", _throw_a_misshapen_entry_away),
    ("S11", _forget_what_was_taken),
    ("S12", _leak_a_patient),
]
