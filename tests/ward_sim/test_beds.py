"""The simulator's own eye for beds: the golden cases, and what a tablet shows before it has sent anything."""

import random
from typing import Any

import pytest

from shared_schemas.reference import read
from tests.ward_sim.paper_server import PaperServer
from tests.ward_sim.test_twin import DEVICE, NURSE, BadLine
from ward_sim.beds import board, cleaning, placing
from ward_sim.beds.state import Facts, state_of
from ward_sim.bedside import Bedside
from ward_sim.colleague import Turn
from ward_sim.instants import HOUR, MINUTE, instant_ms, instant_text
from ward_sim.nurse import Nurse
from ward_sim.tablet import Tablet

BEDS = [f"00000000-0000-7000-8000-0000000000e{number}" for number in range(3)]
STAY = "00000000-0000-7000-8000-0000000000f1"
PATIENT = {"name": "Amy Archer", "lang": "en", "sex": "female", "born_on": "1950-01-01", "identifier": "1"}


@pytest.mark.parametrize("case", read("golden/bed_state")["cases"], ids=lambda case: case["name"])
def test_the_simulators_own_rule_gives_the_golden_state(case: dict[str, Any]) -> None:
    lying, marked, reserved = (case[name] or {} for name in ("lying", "marked", "reserved"))
    bed = Facts(
        lies_there=bool(lying),
        on_leave=bool(lying.get("on_leave_at")),
        readiness=marked.get("readiness", "clean"),
        marked_at=instant_ms(marked["at"]) if marked else None,
        freed_at=instant_ms(case["freed_at"]) if case["freed_at"] else None,
        reserved_until=instant_ms(reserved["until_at"]) if reserved else None,
    )
    assert state_of(bed, instant_ms(case["now"])) == case["state"]


def _on_duty(post: str) -> tuple[Nurse, BadLine, PaperServer]:
    """A person whose tablet shows three beds, a patient in the first, and has no network from now on."""
    server = PaperServer()
    line = BadLine(1, server, healed=True)
    tablet = Tablet(DEVICE, line, 1)
    line.tablet = tablet
    tablet.start()
    tablet.sign_in(NURSE)
    line.run(MINUTE)
    for position, bed_id in enumerate(BEDS):
        server.append("bed", bed_id, 1, {"bed_id": bed_id, "position": position})
    server.append("stay", STAY, 1, {"stay_id": STAY, "bed_id": BEDS[0], "arrived_at": instant_text(line.time)})
    line.frames()
    line.run(MINUTE)
    turn = Turn(DEVICE["unit_id"], post, [], line.time, line.time + 12 * HOUR, line.time + 4 * HOUR)
    nurse = Nurse(NURSE["staff_id"], tablet, turn, Bedside(), random.Random(1))
    nurse.duty_id = "on duty"
    return nurse, line, server


def _states(nurse: Nurse, line: BadLine) -> list[str]:
    return [bed.state for bed in board.beds(nurse.tablet, line.time)]


def test_what_is_not_sent_yet_is_on_the_screen() -> None:
    nurse, line, _ = _on_duty("charge")
    assert _states(nurse, line) == ["occupied", "free", "free"]
    placing.admit(nurse, PATIENT, BEDS[1], line.time)
    assert placing.reserve(nurse, line.time, text="From theatre") == BEDS[2]
    assert _states(nurse, line) == ["occupied", "occupied", "reserved"]
    nurse.save("patient_discharged", {"stay_id": STAY})
    placing.give_up(nurse, BEDS[2])
    assert _states(nurse, line) == ["dirty", "occupied", "free"]
    assert placing.block(nurse, line.time) == BEDS[2]
    assert _states(nurse, line) == ["dirty", "occupied", "blocked"]


def test_two_who_swap_lie_in_each_others_bed_and_who_moves_leaves_a_dirty_one() -> None:
    nurse, line, _ = _on_duty("charge")
    other = placing.admit(nurse, PATIENT, BEDS[1], line.time)
    placing.swap(nurse, STAY, other)
    nurse.save("bed_assigned", {"stay_id": STAY, "bed_id": BEDS[2]})
    shown = {stay_id: stay["bed_id"] for stay_id, stay in board.present(nurse.tablet).items()}
    assert shown == {STAY: BEDS[2], other: BEDS[0]}
    assert _states(nurse, line) == ["occupied", "dirty", "occupied"]


def test_an_assistant_cleans_what_a_patient_left_and_names_the_mark_she_saw() -> None:
    nurse, line, _ = _on_duty("assistant")
    nurse.save("patient_discharged", {"stay_id": STAY})
    for _ in range(30):
        cleaning.see_to_beds(nurse, line.time)
        line.time += 3 * MINUTE
    marks = [kept for kept in nurse.tablet.ledger.saved.values() if kept.entry["type"] == "bed_marked"]
    assert [kept.body["readiness"] for kept in marks] == ["cleaning", "clean"]
    assert "seen_mark_id" not in marks[0].body
    assert marks[1].body["seen_mark_id"] == marks[0].entry["entry_id"]
    assert _states(nurse, line) == ["free", "free", "free"]


def test_a_patient_who_waits_gets_a_free_bed_after_a_while() -> None:
    nurse, line, server = _on_duty("charge")
    waiting = {"stay_id": STAY[:-1] + "2", "bed_id": None, "arrived_at": instant_text(line.time)}
    server.append("stay", waiting["stay_id"], 1, waiting)
    line.frames()
    line.run(MINUTE)
    placing.give_waiting_a_bed(nurse, line.time)
    assert "free" in _states(nurse, line)[1]
    placing.give_waiting_a_bed(nurse, line.time + HOUR)
    assert board.present(nurse.tablet)[waiting["stay_id"]]["bed_id"] == BEDS[1]
