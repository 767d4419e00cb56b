"""Every checker of the chaos judge finds a violation that was planted in what it looks at."""

from collections.abc import AsyncIterator, Callable
from copy import copy, deepcopy
from typing import Any

import pytest
import pytest_asyncio
import structlog

from ward_sim.chaos.ground import Ground
from ward_sim.chaos.judge import l1_drain, l2_stuck, l3_storm, s10_versions
from ward_sim.chaos.judge.book import Book
from ward_sim.chaos.judge.effects import has_effect
from ward_sim.chaos.judge.evidence import Evidence, Version
from ward_sim.chaos.judge.passed import Told
from ward_sim.chaos.run import CHECKERS, run_seed
from ward_sim.storage import Storage

Plant = Callable[[Evidence], None]
pytestmark = pytest.mark.slow(10)
# A seed without a restore, in which a ward and a team have written something of most kinds.
SEED = 5


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def evidence() -> AsyncIterator[Evidence]:
    seen: list[Evidence] = []
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with Ground() as ground:
        report = await run_seed(ground, SEED, look=seen.append)
    structlog.reset_defaults()
    assert report["violations"] == 0, report["found"]
    yield seen[0]


def _judge(evidence: Evidence, plant: Plant) -> Book:
    """Judge a copy of the evidence into which something was planted."""
    planted = copy(evidence)
    planted.scenario = copy(evidence.scenario)
    planted.scenario.book = Book()
    planted.scenario.pressed = [copy(one) for one in evidence.scenario.pressed]
    for name in ("heads", "changes", "versions", "present", "snapshots", "entries"):
        setattr(planted, name, deepcopy(getattr(evidence, name)))
    planted.passed = copy(evidence.passed)
    planted.passed.verdicts = deepcopy(evidence.passed.verdicts)
    planted.passed.posted, planted.passed.frames = list(evidence.passed.posted), deepcopy(evidence.passed.frames)
    plant(planted)
    for checker in CHECKERS:
        checker.check(planted)
    return planted.scenario.book


def _some(evidence: Evidence, type_name: str) -> Any:
    return next(one for one in evidence.entries.values() if one.type == type_name and one.verdict == "accepted")


def _lose_an_entry(evidence: Evidence) -> None:
    del evidence.entries[_some(evidence, "vital_signs_charted").entry_id]


def _take_its_effect(evidence: Evidence) -> None:
    entry = _some(evidence, "vital_signs_charted")
    del evidence.versions["vital_signs", entry.entry_id]


def _call_who_is_here_departed(evidence: Evidence) -> None:
    spoken_of = {one.body.get("task_id") for one in evidence.entries.values()}
    planned = [one for one in evidence.entries.values() if one.type == "task_planned" and one.verdict == "accepted"]
    entry = next(one for one in planned if one.entry_id not in spoken_of)
    del evidence.versions["task", entry.entry_id]
    evidence.entries[entry.entry_id] = entry._replace(verdict="flagged", flags=frozenset({"departed_before"}))


def _record_it_twice(evidence: Evidence) -> None:
    entry = _some(evidence, "vital_signs_charted")
    other = "01900000-0000-7000-8000-000000000000"
    evidence.entries[other] = entry._replace(entry_id=other)


def _answer_otherwise(evidence: Evidence) -> None:
    entry = _some(evidence, "vital_signs_charted")
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
    entry = _some(evidence, "vital_signs_charted")
    evidence.entries[entry.entry_id] = entry._replace(verdict="held", reason="out_of_scope")


def _rows(evidence: Evidence, kind: str, *rows: dict[str, Any]) -> None:
    """Plant the versions of one row in a unit's feed."""
    feed = next(feed for feed in evidence.changes if feed.startswith("unit:"))
    evidence.versions[kind, "planted"] = [Version(n, n, feed, row) for n, row in enumerate(rows, 1)]


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
    ("S8", lambda e: _rows(e, "visit", VISIT, {"state": "cancelled"})),
    ("S8", lambda e: _rows(e, "visit_note", NOTE, NOTE | {"text": "Wound wet"})),
    ("S9", _believe_a_wrong_clock),
    ("S10", _throw_a_misshapen_entry_away),
    ("S11", _forget_what_was_taken),
    ("S12", _leak_a_patient),
]


@pytest.mark.parametrize(("invariant", "plant"), PLANTED)
def test_a_planted_violation_is_found(evidence: Evidence, invariant: str, plant: Plant) -> None:
    clean = _judge(evidence, lambda _: None)
    assert sum(clean.violations.values()) == 0, clean.found
    assert clean.checked[invariant] > 0 or invariant in ("S10", "S11")
    assert _judge(evidence, plant).violations[invariant] > 0


def _answer_shows(evidence: Evidence, *rows: dict[str, Any]) -> bool:
    """Whether a nurse's `discarded`, which the server accepted, shows in these versions of the tray's row."""
    planted, pressed = copy(evidence), copy(evidence.scenario.pressed[0])
    planted.versions = {("held_entry", "planted"): [Version(n, n, "a feed", row) for n, row in enumerate(rows, 1)]}
    pressed.body, pressed.staff_id = {"held_entry_id": "planted", "resolution": "discarded"}, "nurse"
    entry = _some(evidence, "vital_signs_charted")._replace(type="held_entry_resolved", body=pressed.body)
    return has_effect(planted, pressed, entry)


def test_an_answer_that_was_heard_before_what_it_answers_shows_in_the_only_row_and_no_other_answer_does(
    evidence: Evidence,
) -> None:
    hers = {"resolution": "discarded", "resolved_by_staff_id": "nurse"}
    assert _answer_shows(evidence, hers)
    assert _answer_shows(evidence, {}, hers | {"resolved_by_staff_id": "another"}), "and hers is told in a flag"
    for row in ({}, hers | {"resolution": "resent"}, hers | {"resolved_by_staff_id": "another"}):
        assert not _answer_shows(evidence, row)


@pytest.mark.parametrize(("n", "stay_id", "violations"), [(3, "s", 0), (1, "s", 1), (3, "another", 1)])
def test_a_misshapen_entry_may_wait_behind_one_of_its_stay_that_is_too_new_and_nowhere_else(
    evidence: Evidence, n: int, stay_id: str, violations: int
) -> None:
    planted, scenario = copy(evidence), copy(evidence.scenario)
    planted.scenario, scenario.book = scenario, Book()
    seat = copy(scenario.pressed[0].seat)
    seat.tablet = copy(seat.tablet)
    seat.tablet.storage = Storage()
    scenario.pressed = []
    for odd, at, of in (("newer", 2, "s"), ("unknown_field", n, stay_id)):
        pressed = copy(evidence.scenario.pressed[0])
        pressed.seat, pressed.odd, pressed.ticked, pressed.entry = seat, odd, True, {"entry_id": odd, "n": at}
        scenario.pressed.append(pressed)
        seat.tablet.storage.entries[odd] = {"entry": pressed.entry, "n": at, "stay_id": of}
    s10_versions.check(planted)
    assert scenario.book.violations["S10"] == violations


def test_an_outbox_that_does_not_drain_is_found(evidence: Evidence) -> None:
    scenario = copy(evidence.scenario)
    scenario.book = Book()
    storage = scenario.seats[0].tablet.storage
    kept = dict(next(iter(storage.sent.values())))
    storage.entries["stuck"] = kept
    try:
        l1_drain.look(scenario)
    finally:
        del storage.entries["stuck"]
    assert scenario.book.violations["L1"] == 1


def test_a_storm_of_dials_is_found(evidence: Evidence) -> None:
    scenario = copy(evidence.scenario)
    scenario.book = Book()
    line = scenario.seats[0].line
    line.dialled, kept = [scenario.healed_at] * 100, line.dialled
    try:
        l3_storm.look(scenario)
    finally:
        line.dialled = kept
    assert scenario.book.violations["L3"] >= 1


@pytest.mark.parametrize(("behind", "violations"), [(0, 0), (1, 1)])
def test_a_tablet_that_a_stuck_one_delays_is_found(evidence: Evidence, behind: int, violations: int) -> None:
    scenario = copy(evidence.scenario)
    scenario.book = Book()
    seat, stuck = scenario.seats[0], scenario.seats[1]
    head = evidence.heads[f"unit:{seat.tablet.unit_id}"][1]
    l2_stuck.judge(scenario, seat, stuck, head + behind)
    assert (scenario.book.checked["L2"], scenario.book.violations["L2"]) == (1, violations)
