"""The judge sees what it must: a judge that can not find a fault proves nothing."""

from typing import Any, cast

import pytest

from ward_sim.asgi_door import AsgiDoor, Reply
from ward_sim.instants import HOUR, MINUTE, instant_ms, instant_text
from ward_sim.judge import again, alert_oracle, alerts, facts
from ward_sim.judge.alert_oracle import Act, ExpectedAlert
from ward_sim.judge.witness import SeenVersion
from ward_sim.ledger import Saved
from ward_sim.tablet import Tablet

AT = instant_ms("2026-03-02T08:00:00.000Z")
WELL = {
    "respiratory_rate_per_min": 16,
    "spo2_percent": 97,
    "on_oxygen": False,
    "systolic_mmhg": 124,
    "pulse_per_min": 72,
    "consciousness": "A",
    "temperature_tenths_c": 368,
}
ILL = WELL | {"respiratory_rate_per_min": 26, "pulse_per_min": 118, "temperature_tenths_c": 384}


def _saved(entry_id: str, type_name: str, body: dict[str, Any], verdict: str = "accepted") -> Saved:
    return Saved({"entry_id": entry_id, "type": type_name}, body, "nurse", verdict)


def _set(entry_id: str, values: dict[str, Any]) -> dict[str, Any]:
    at = instant_text(AT)
    who = {"entry_id": entry_id, "author_staff_id": "nurse", "stay_id": "stay"}
    return {**who, "recorded_at": at, "observed_at": at, "values": values}


def test_a_saved_set_that_no_snapshot_shows_is_lost() -> None:
    saved = [_saved("a", "vital_signs_charted", {"values": WELL}), _saved("b", "vital_signs_charted", {"values": WELL})]
    rows = {("vital_signs", "a"): (1, _set("a", WELL))}
    assert facts.lost(saved, rows) == ["b"]


def test_a_set_that_came_back_with_another_pulse_is_lost() -> None:
    saved = [_saved("a", "vital_signs_charted", {"values": WELL})]
    rows = {("vital_signs", "a"): (1, _set("a", WELL | {"pulse_per_min": 180}))}
    assert facts.lost(saved, rows) == ["a"]


def test_an_entry_in_the_tray_is_not_lost_and_one_without_a_verdict_is() -> None:
    saved = [_saved("a", "task_done", {"task_id": "t"}, "held"), _saved("b", "note_written", {}, "")]
    rows: facts.Rows = {("held_entry", "a"): (1, {})}
    assert facts.lost(saved, rows) == ["b"]


async def test_of_a_patient_who_left_the_server_is_asked_again_and_must_have_had_it() -> None:
    class Line:
        """Nobody speaks: the judge alone asks."""

    class Door(AsgiDoor):
        async def request(self, method: str, path: str, body: Any = None, *, token: str = "") -> Reply:
            verdicts = [{"entry_id": e["entry_id"], **answers[e["entry_id"]]} for e in body["entries"]]
            return Reply(200, {"verdicts": verdicts})

    answers = {
        "had": {"verdict": "duplicate", "outcome": "flagged"},
        "new to it": {"verdict": "accepted"},
        "another text": {"verdict": "held", "reason": "id_reuse"},
        "had, and held": {"verdict": "duplicate", "outcome": "held"},
    }
    device = {"device_id": "tablet", "device_token": "", "unit_id": "ward"}
    tablet = Tablet(device, cast("Any", Line()), seed=1)
    for n, entry_id in enumerate(answers):
        tablet.ledger.saved[entry_id] = Saved({"entry_id": entry_id, "n": n}, {"stay_id": "left"}, "nurse")
    assert await again.known(Door(None), [tablet], answers.keys()) == {"had"}


def test_the_same_act_under_two_ids_is_doubled() -> None:
    saved = [_saved("a", "vital_signs_charted", {}), _saved("b", "vital_signs_charted", {})]
    rows = {("vital_signs", row_id): (1, _set(row_id, WELL)) for row_id in ("a", "b")}
    assert facts.doubled(saved, rows) == ["b"]


def test_a_row_that_nobody_saved_is_doubled() -> None:
    rows = {("vital_signs", "a"): (1, _set("a", WELL))}
    assert facts.doubled([], rows) == ["a"]


def test_two_open_observations_of_one_stay_are_doubled() -> None:
    task = {"kind": "observation", "state": "ready", "stay_id": "stay"}
    rows = {("task", "a"): (1, task), ("task", "b"): (1, task)}
    assert facts.doubled([], rows) == ["b"]


def test_a_stay_without_task_or_pause_is_unwatched() -> None:
    duty = ("observation_duty", "away"), (1, {"stay_id": "away", "pause_reason": "imaging"})
    assert facts.unwatched(dict([duty]), ["away", "here"]) == ["here"]


def _task(due_at: int, until_at: int | None, **of: Any) -> dict[str, list[SeenVersion]]:
    row = {"stay_id": "stay", "kind": "turning", "state": "ready", "due_at": instant_text(due_at), **of}
    return {"task": [SeenVersion(row, AT, until_at)]}


@pytest.mark.parametrize(
    ("of", "grace"),
    [
        ({"kind": "turning"}, 30),
        ({"kind": "observation", "interval_minutes": 240}, 30),
        ({"kind": "observation", "interval_minutes": None}, 30),
        ({"kind": "observation", "interval_minutes": 60}, 10),
    ],
)
def test_a_task_open_past_due_and_grace_expects_an_alert_and_one_done_before_does_not(
    of: dict[str, Any], grace: int
) -> None:
    end_at, overdue_at = AT + 5 * HOUR, AT + HOUR + grace * MINUTE
    assert alert_oracle.overdue_tasks(_task(AT + HOUR, None, **of), end_at)
    assert alert_oracle.overdue_tasks(_task(AT + HOUR, overdue_at + 2 * MINUTE, **of), end_at)
    assert not alert_oracle.overdue_tasks(_task(AT + HOUR, overdue_at - 1, **of), end_at)
    assert not alert_oracle.overdue_tasks(_task(AT + 6 * HOUR, None, **of), end_at)


def _act(entry_id: str, values: dict[str, Any], observed_at: int, arrived_at: int) -> Act:
    body = {"stay_id": "stay", "values": values}
    return Act(arrived_at, entry_id, "vital_signs_charted", body, observed_at)


def test_a_set_of_five_or_more_expects_a_response_and_a_late_one_behind_a_newer_does_not() -> None:
    ill = _act("a", ILL, AT, AT + MINUTE)
    well_later = _act("b", WELL, AT + HOUR, AT + HOUR)
    ill_late = _act("c", ILL, AT + 30 * MINUTE, AT + 2 * HOUR)
    found = alert_oracle.responses([ill, well_later, ill_late])
    assert [(expected.stay_id, expected.alert_class) for expected in found] == [("stay", "amber")]


def test_a_stay_silent_past_its_interval_and_grace_expects_an_alert() -> None:
    acts = [_act("a", ILL, AT, AT)]
    present = {"stay": (AT, AT + 9 * HOUR)}
    assert alert_oracle.silent_stays(acts, present, AT + 9 * HOUR)
    assert not alert_oracle.silent_stays(acts, present, AT + HOUR)
    relieved = [*acts, _act("b", WELL, AT + HOUR, AT + HOUR)]
    assert not alert_oracle.silent_stays(relieved, present, AT + 2 * HOUR)


def test_a_set_that_was_corrected_asks_for_what_the_corrected_one_does() -> None:
    slip = _act("a", ILL, AT, AT)
    body = {"stay_id": "stay", "corrects": "a", "values": WELL}
    corrected = Act(AT + MINUTE, "b", "vital_signs_corrected", body, AT)
    present = {"stay": (AT, AT + 20 * HOUR)}
    assert not alert_oracle.silent_stays([slip, corrected], present, AT + 9 * HOUR)
    [wanted] = alert_oracle.silent_stays([slip, corrected], present, AT + 20 * HOUR)
    assert wanted.until_at > AT + 12 * HOUR, "a well patient is silent after twelve hours"


def _alert(cause: str, cause_id: str, began_at: int, ended_at: int | None = None) -> list[SeenVersion]:
    row = {"stay_id": "stay", "cause": cause, "cause_id": cause_id, "alert_class": "amber", "steps": []}
    row["began_at"] = instant_text(began_at)
    versions = [SeenVersion(row, began_at, ended_at)]
    if ended_at is not None:
        versions.append(SeenVersion(row | {"ended_at": instant_text(ended_at)}, ended_at, None))
    return versions


def test_an_expected_alert_that_nobody_raised_is_missing() -> None:
    overdue = ExpectedAlert("overdue", "stay", AT, AT + HOUR, "t1")
    response = ExpectedAlert("response", "stay", AT, AT + MINUTE, None, "amber")
    both = {"x": _alert("overdue_task", "t1", AT), "y": _alert("response", "t2", AT)}
    assert alerts.missing([overdue, response], both, {}) == []
    assert alerts.missing([overdue, response], {"y": both["y"]}, {}) == [overdue]
    late = {"x": _alert("overdue_task", "t1", AT + HOUR + 1), "y": both["y"]}
    assert alerts.missing([overdue, response], late, {}) == [overdue], "an alert that came late was silent until then"
    ended = {"y": _alert("response", "t2", AT - HOUR, AT - MINUTE)}
    assert alerts.missing([response], ended, {}) == [response]


def test_a_red_score_is_not_answered_by_an_amber_alert() -> None:
    red = ExpectedAlert("response", "stay", AT, AT + MINUTE, None, "red")
    assert alerts.missing([red], {"y": _alert("response", "t2", AT)}, {}) == [red]


def test_two_live_alerts_of_one_cause_are_doubled_and_one_after_another_is_not() -> None:
    live = {"x": _alert("overdue_task", "t1", AT), "y": _alert("overdue_task", "t1", AT + HOUR)}
    assert alerts.doubled(live) == ["y"]
    after = {"x": _alert("overdue_task", "t1", AT, AT + MINUTE), "y": _alert("overdue_task", "t1", AT + HOUR)}
    assert alerts.doubled(after) == []
