"""The judge of home care sees a visit that nobody asked about, an SOS that fell silent, and what was lost of a visit."""

from typing import Any

import pytest

from ward_sim.instants import HOUR, MINUTE, SECOND, instant_ms, instant_text
from ward_sim.judge import alerts, facts, home
from ward_sim.judge.alert_oracle import Act
from ward_sim.judge.applied import applied, seen_by
from ward_sim.judge.witness import SeenVersion
from ward_sim.ledger import Saved

AT = instant_ms("2026-03-02T08:00:00.000Z")
END = AT + 24 * HOUR
OVERDUE = AT + HOUR + 15 * MINUTE


def _visit(from_at: int, until_at: int | None = None, **of: Any) -> SeenVersion:
    window = {"window_from_at": instant_text(AT), "window_to_at": instant_text(AT + HOUR)}
    row = {"visit_id": "v", "stay_id": "s", "state": "planned", "staff_id": "noor"} | window | of
    return SeenVersion(row, from_at, until_at)


def _alert(cause: str, cause_id: str, began_at: int, ended_at: int | None = None) -> list[SeenVersion]:
    row: dict[str, Any] = {"cause": cause, "cause_id": cause_id, "alert_class": "plain", "steps": []}
    row |= {"began_at": instant_text(began_at)} | ({} if cause == "sos" else {"stay_id": "s"})
    if ended_at is None:
        return [SeenVersion(row, began_at, None)]
    return [SeenVersion(row, began_at, ended_at), SeenVersion(row | {"ended_at": "then"}, ended_at, None)]


def test_a_visit_that_nobody_began_within_its_window_and_grace_expects_an_alert() -> None:
    assert len(home.overdue_visits({"v": [_visit(AT)]}, END)) == 1
    began = [_visit(AT, OVERDUE - MINUTE), _visit(OVERDUE - MINUTE, None, state="ended")]
    assert home.overdue_visits({"v": began}, END) == []
    moved = [_visit(AT, OVERDUE - MINUTE), _visit(OVERDUE - MINUTE, None, window_to_at=instant_text(END))]
    assert home.overdue_visits({"v": moved}, END) == []


def test_a_visit_that_goes_on_for_more_than_four_hours_expects_an_alert() -> None:
    began = {"state": "started", "started": {"observed_at": instant_text(AT)}}
    [wanted] = home.overdue_visits({"v": [_visit(AT, None, **began)]}, END)
    assert wanted.from_at == AT + 4 * HOUR
    assert home.overdue_visits({"v": [_visit(AT, AT + 4 * HOUR, **began)]}, END) == []


def test_another_nurse_is_no_second_demand_and_another_window_is_one() -> None:
    given = [_visit(AT, OVERDUE + HOUR), _visit(OVERDUE + HOUR, None, staff_id="omar")]
    assert len(home.overdue_visits({"v": given}, END)) == 1
    later = {"window_to_at": instant_text(AT + 5 * HOUR)}
    moved = [_visit(AT, OVERDUE + HOUR), _visit(OVERDUE + HOUR, None, **later)]
    assert len(home.overdue_visits({"v": moved}, END)) == 2


def test_the_alert_about_a_visit_that_is_missing_or_was_over_before_is_missing() -> None:
    wanted = home.overdue_visits({"v": [_visit(AT)]}, END)
    assert alerts.missing(wanted, {"a": _alert("overdue_task", "v", OVERDUE)}, {}) == []
    assert alerts.missing(wanted, {"a": _alert("overdue_task", "another", OVERDUE)}, {}) == wanted
    assert alerts.missing(wanted, {"a": _alert("overdue_task", "v", OVERDUE - HOUR, OVERDUE - 1)}, {}) == wanted
    assert alerts.missing(wanted, {"a": _alert("overdue_task", "v", OVERDUE + 3 * MINUTE)}, {}) == wanted, "too late"


def _sos(arrived_at: int) -> Act:
    return Act(arrived_at, f"sos at {arrived_at}", "sos_raised", {"unit_id": "home"}, arrived_at)


def _end(arrived_at: int) -> Act:
    body = {"unit_id": "home", "staff_id": "noor", "outcome": "safe"}
    return Act(arrived_at, f"end at {arrived_at}", "sos_ended", body, arrived_at)


def _asked(*acts: Act, flagged: set[str] | None = None) -> list[tuple[int, int]]:
    authors = {act.entry_id: "noor" for act in acts if act.type == "sos_raised"}
    found = home.calls_for_help(list(acts), authors, flagged or set(), END)
    return [(wanted.from_at, wanted.until_at) for wanted in found]


def test_an_sos_is_asked_about_until_somebody_said_how_she_is() -> None:
    assert _asked(_sos(AT)) == [(AT, END)]
    assert _asked(_sos(AT), _end(AT + HOUR)) == [(AT, AT + HOUR)]
    assert _asked(_end(AT), _sos(AT + MINUTE)) == [(AT + MINUTE, END)]
    stale = _end(AT + HOUR)
    assert _asked(_sos(AT), stale, flagged={stale.entry_id}) == [(AT, END)], "a flagged end ended nothing"


def test_an_alert_that_falls_silent_before_somebody_said_how_she_is_is_missing() -> None:
    wanted = home.calls_for_help([_sos(AT), _end(AT + HOUR)], {f"sos at {AT}": "noor"}, set(), END)
    for alert, found in (
        (_alert("sos", "noor", AT, AT + HOUR), []),
        (_alert("sos", "noor", AT - MINUTE), []),
        (_alert("sos", "noor", AT, AT + 59 * MINUTE), wanted),
        (_alert("sos", "omar", AT), wanted),
        (_alert("sos", "noor", AT + 2 * MINUTE), wanted),
        (_alert("overdue_task", "noor", AT), wanted),
    ):
        assert alerts.missing(wanted, {"a": alert}, {}) == found


def test_two_live_alerts_about_one_nurse_are_doubled_and_about_two_are_not() -> None:
    two = {"a": _alert("sos", "noor", AT), "b": _alert("sos", "noor", AT + HOUR)}
    assert alerts.doubled(two) == ["b"]
    assert alerts.doubled({"a": _alert("sos", "noor", AT), "b": _alert("sos", "omar", AT + HOUR)}) == []


def test_a_home_patient_without_a_visit_a_pause_or_a_task_to_plan_one_is_unplanned() -> None:
    rows: facts.Rows = {
        ("visit", "v"): (1, {"stay_id": "visited", "state": "planned"}),
        ("visit", "w"): (1, {"stay_id": "forgotten", "state": "ended"}),
        ("task", "t"): (1, {"stay_id": "to plan", "text_key": "task.plan_visit", "state": "ready"}),
        ("observation_duty", "d"): (1, {"stay_id": "away", "pause_reason": "leave"}),
    }
    assert home.unplanned(rows, ["visited", "forgotten", "to plan", "away"]) == ["forgotten"]


def test_a_visit_that_nobody_planned_and_an_addendum_twice_are_doubled() -> None:
    planned = [Saved({"entry_id": "e", "type": "visit_planned"}, {"visit_id": "v"}, "paula")]
    addendum = {"author_staff_id": "omar", "observed_at": instant_text(AT)}
    rows: facts.Rows = {("visit", "v"): (1, {}), ("visit_note", "v"): (1, {"addenda": [addendum]})}
    assert home.doubled(planned, rows) == []
    assert home.doubled(planned, rows | {("visit", "w"): (1, {})}) == ["w"]
    twice: facts.Rows = {("visit_note", "v"): (1, {"addenda": [addendum, addendum]})}
    assert home.doubled(planned, twice) == ["v"]


NOTE = {"text": "Wound clean. Next time as planned", "addenda": [{"text": "Called the daughter"}]}
BEGAN = {"state": "ended", "started": {"staff_id": "noor"}, "ended": {"staff_id": "noor"}}
SIGNED = {"signature": {"strokes": "M 1 1"}}
ADDRESS = {"address": "2 New Road", "described_at": instant_text(AT)}


@pytest.mark.parametrize(
    ("type_name", "body", "row", "shown"),
    [
        ("visit_planned", {}, ("visit", {}), False),
        ("visit_planned", {}, ("visit", BEGAN), True),
        ("visit_started", {}, ("visit", BEGAN), True),
        ("visit_started", {}, ("visit", {"state": "planned"}), False),
        ("visit_started", {}, ("visit", BEGAN | {"started": {"staff_id": "omar"}}), False),
        ("visit_ended", {}, ("visit", BEGAN), True),
        ("visit_ended", {}, ("visit", BEGAN | {"state": "started", "ended": None}), False),
        ("visit_not_done", {}, ("visit", {"state": "planned"}), False),
        ("visit_not_done", {}, ("visit", {"state": "not_done"}), True),
        ("visit_note_written", {"text": "Wound clean"}, ("visit_note", NOTE), True),
        ("visit_note_written", {"text": "Called the daughter"}, ("visit_note", NOTE), True),
        ("visit_note_written", {"text": "Wound infected"}, ("visit_note", NOTE), False),
        ("visit_signed", {"strokes": "M 1 1"}, ("visit_note", SIGNED), True),
        ("visit_signed", {"strokes": "M 2 2"}, ("visit_note", SIGNED), False),
        ("home_described", {"address": "2 New Road"}, ("home", ADDRESS), True),
        ("home_described", {"address": "1 Old Road"}, ("home", ADDRESS), True),
        ("home_described", {"address": "3 Next Road", "observed_at": instant_text(AT + SECOND)}, ("home", ADDRESS), False),
    ],
)  # fmt: skip
def test_what_was_said_of_a_visit_is_shown_or_lost(
    type_name: str, body: dict[str, Any], row: tuple[str, dict[str, Any]], shown: bool
) -> None:
    said = {"visit_id": "v", "stay_id": "v", "observed_at": instant_text(AT - SECOND)} | body
    saved = [Saved({"entry_id": "e", "type": type_name}, said, "noor", "accepted")]
    kind, content = row
    assert facts.lost(saved, {(kind, "v"): (1, content)}) == ([] if shown else ["e"])


def test_an_sos_and_its_end_are_shown_by_the_alert_about_her() -> None:
    saved = [
        Saved({"entry_id": "sos", "type": "sos_raised"}, {"unit_id": "home"}, "noor", "accepted"),
        Saved({"entry_id": "end", "type": "sos_ended"}, {"staff_id": "noor", "outcome": "safe"}, "paula", "accepted"),
    ]
    alert = {"cause_id": "noor", "raised_by_staff_id": "noor"}
    assert facts.lost(saved, {}) == ["sos", "end"]
    assert facts.lost(saved, {("alert", "a"): (1, alert)}) == ["end"]
    assert facts.lost(saved, {("alert", "a"): (1, alert | {"ended_why": "sos_safe"})}) == []


def test_another_plan_that_no_witness_saw_is_not_shown() -> None:
    books = [
        Saved({"entry_id": "e", "type": "visit_reassigned"}, {"visit_id": "v", "staff_id": "omar"}, "p", "accepted")
    ]
    arrived = {"e": AT}
    before, after = _visit(AT - HOUR, AT - MINUTE, staff_id="omar"), _visit(AT, None, staff_id="omar")
    assert set(applied(books, seen_by([{("visit", "v"): [after]}]), {}, arrived)) == {("applied", "e")}
    assert applied(books, seen_by([{("visit", "v"): [before]}]), {}, arrived) == {}, "so it was before, not then"
