"""Simulated people of home care write only what a tablet may write, and do what people do."""

import random
from collections import Counter
from typing import Any

import msgspec
import pytest

from shared_schemas.registry import ENTRIES
from tests.ward_sim.paper_server import PaperServer
from tests.ward_sim.test_twin import DEVICE, NURSE, BadLine
from ward_sim.bedside import Bedside
from ward_sim.colleague import Turn
from ward_sim.instants import DAY, HOUR, MINUTE, instant_text
from ward_sim.nurse import Nurse
from ward_sim.physiology import new_body
from ward_sim.tablet import Tablet
from ward_sim.visits import sos
from ward_sim.visits.coordinator import Coordinator
from ward_sim.visits.list import window
from ward_sim.visits.nurse import HomeNurse
from ward_sim.visits.places import home_of


def _id(kind: int, number: int) -> str:
    return f"00000000-0000-7000-8000-{kind:04d}{number:08d}"


STAYS = [_id(1, number) for number in range(4)]
VISITS = [_id(2, number) for number in range(4)]


def _on_duty(kind: type[Any], post: str, seed: int = 1) -> tuple[Any, BadLine, PaperServer]:
    server = PaperServer()
    line = BadLine(seed, server, healed=True)
    tablet = Tablet(DEVICE, line, seed)
    line.tablet = tablet
    tablet.start()
    tablet.sign_in(NURSE)
    line.run(MINUTE)
    die, now = random.Random(seed), line.time
    wards = Bedside({stay_id: new_body(die, now, now + DAY, ill_share=0.0) for stay_id in STAYS})
    turn = Turn(DEVICE["unit_id"], post, [], now, now + 11 * HOUR, now + 5 * HOUR, ("response",))
    person = kind(NURSE["staff_id"], tablet, turn, wards, die)
    person.colleagues = [person]
    for number, (stay_id, visit_id) in enumerate(zip(STAYS, VISITS, strict=True)):
        server.append("stay", stay_id, 1, {"stay_id": stay_id, "arrived_at": instant_text(now)})
        from_at = now + (number + 1) * 100 * MINUTE
        row = {"visit_id": visit_id, "stay_id": stay_id, "kind": "call" if number == 3 else "visit", "state": "planned"}
        row |= window(from_at, from_at + HOUR) | {"staff_id": NURSE["staff_id"]}
        server.append("visit", visit_id, 1, row)
    line.frames()
    line.run(MINUTE)
    return person, line, server


def _lives(person: Nurse, line: BadLine, hours: int = 12) -> None:
    until_at, next_at = line.time + hours * HOUR, person.wake(line.time)
    while next_at is not None and next_at < until_at:
        line.run(max(0, next_at - line.time))
        next_at = person.wake(line.time)


def _written(person: Nurse) -> list[tuple[str, dict[str, Any]]]:
    saved = person.tablet.ledger.saved.values()
    for kept in saved:
        msgspec.json.decode(kept.entry["body"], type=ENTRIES[kept.entry["type"]])
    return [(kept.entry["type"], kept.body) for kept in saved]


def test_a_home_care_nurse_does_her_visits_in_order_and_charts_only_where_she_is() -> None:
    nurse, line, _ = _on_duty(HomeNurse, "nurse")
    nurse.fates = ["well"] * 4
    _lives(nurse, line)
    written = _written(nurse)
    begun = [body["visit_id"] for name, body in written if name == "visit_started"]
    ended = [body["visit_id"] for name, body in written if name == "visit_ended"]
    assert begun == ended == VISITS
    at = None
    for name, body in written:
        at = {"visit_started": body.get("stay_id"), "visit_ended": None}.get(name, at)
        if name in ("vital_signs_charted", "visit_note_written", "visit_signed"):
            assert body["stay_id"] == at, "she charts the patient with whom she is"
    sets = [body["stay_id"] for name, body in written if name == "vital_signs_charted"]
    assert sets == STAYS[:3], "nobody measures by telephone"


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        ("nobody_home", {"visit_started": 1, "visit_not_done": 1}),
        ("not_visited", {"visit_not_done": 1}),
        ("forgotten", {"visit_started": 1, "visit_ended": 1}),
    ],
)
def test_a_visit_can_go_wrong_as_it_was_decided(fate: str, expected: dict[str, int]) -> None:
    nurse, line, _ = _on_duty(HomeNurse, "nurse")
    nurse.fates = [fate, "well", "well", "well"]
    _lives(nurse, line)
    of_first = [(name, body) for name, body in _written(nurse) if body.get("visit_id") == VISITS[0]]
    told = Counter(name for name, _ in of_first if name in ("visit_started", "visit_ended", "visit_not_done"))
    assert dict(told) == expected
    if fate == "forgotten":
        started_at = next(body["observed_at"] for name, body in of_first if name == "visit_started")
        assert started_at > instant_text(nurse.turn.from_at + 160 * MINUTE), "after the window has closed"


def test_who_is_called_about_a_visit_that_she_forgot_goes_there() -> None:
    nurse, line, _ = _on_duty(HomeNurse, "nurse")
    nurse.fates = ["forgotten", "well", "well", "well"]
    _lives(nurse, line, hours=2)
    assert "visit_started" not in {name for name, _ in _written(nurse)}
    nurse.go({"cause": "overdue_task", "cause_id": VISITS[0], "stay_id": STAYS[0]}, line.time)
    _lives(nurse, line, hours=1)
    assert VISITS[0] in {body.get("visit_id") for name, body in _written(nurse) if name == "visit_started"}


def test_a_coordinator_plans_for_whom_nothing_is_planned_and_sees_to_a_visit_that_nobody_began() -> None:
    for seed in range(6):
        coordinator, line, server = _on_duty(Coordinator, "charge", seed)
        task = {"task_id": _id(3, 1), "stay_id": STAYS[2], "kind": "other", "state": "ready"}
        server.append(
            "task", task["task_id"], 1, task | {"text_key": "task.plan_visit", "due_at": instant_text(line.time)}
        )
        line.frames()
        turn = Turn(DEVICE["unit_id"], "nurse", [], line.time, line.time, line.time)
        coordinator.colleagues = [HomeNurse(NURSE["staff_id"], coordinator.tablet, turn, Bedside(), random.Random(1))]
        coordinator.go({"cause": "overdue_task", "cause_id": VISITS[0], "stay_id": STAYS[0]}, line.time)
        coordinator.go({"cause": "sos", "cause_id": NURSE["staff_id"]}, line.time)
        _lives(coordinator, line, hours=2)
        written = _written(coordinator)
        assert STAYS[2] in {body["stay_id"] for name, body in written if name == "visit_planned"}
        decided = {name for name, body in written if body.get("visit_id") == VISITS[0]}
        assert decided & {"visit_reassigned", "visit_rescheduled", "visit_not_done"}
        assert [body["staff_id"] for name, body in written if name == "sos_ended"] == [NURSE["staff_id"]]


def test_an_sos_has_a_place_only_where_there_is_one() -> None:
    nurse, line, _ = _on_duty(HomeNurse, "nurse")
    for _ in range(30):
        sos.press(nurse, VISITS[0])
        line.run(MINUTE)
    places = ["position" in body for name, body in _written(nurse) if name == "sos_raised"]
    assert {True, False} <= set(places)
    assert len(places) == 30


def test_an_invented_home_is_one_that_a_tablet_may_describe_and_its_telephone_rings_nowhere() -> None:
    for seed in range(20):
        home = home_of(random.Random(seed))
        body = {"observed_at": "2026-03-02T08:00:00.000Z", "stay_id": STAYS[0]} | home
        msgspec.convert(body, type=ENTRIES["home_described"])
        assert home["phone"].startswith("020 7946 0")
