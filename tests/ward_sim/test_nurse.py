"""A simulated person writes only what a tablet may write, and does what people do."""

import random
from collections import Counter
from typing import Any

import msgspec

from shared_schemas.registry import ENTRIES
from tests.ward_sim.paper_server import PaperServer
from tests.ward_sim.test_twin import DEVICE, NURSE, BadLine
from ward_sim.bedside import Bedside
from ward_sim.colleague import Turn
from ward_sim.instants import DAY, HOUR, MINUTE, instant_text
from ward_sim.nurse import Nurse
from ward_sim.physiology import new_body
from ward_sim.tablet import Tablet

BED = "00000000-0000-7000-8000-0000000000e1"
STAY = "00000000-0000-7000-8000-0000000000f1"


def _id(kind: int, number: int) -> str:
    return f"00000000-0000-7000-8000-{kind:04d}{number:08d}"


def _a_day_of_one_nurse(seed: int) -> Tablet:
    server = PaperServer()
    line = BadLine(seed, server, healed=True)
    tablet = Tablet(DEVICE, line, seed)
    line.tablet = tablet
    tablet.start()
    tablet.sign_in(NURSE)
    line.run(MINUTE)
    now = line.time
    die = random.Random(seed)
    wards = Bedside({STAY: new_body(die, now, now + DAY, ill_share=1.0)})
    turn = Turn(DEVICE["unit_id"], "nurse", [BED], now, now + 12 * HOUR, now + 4 * HOUR)
    nurse = Nurse(NURSE["staff_id"], tablet, turn, wards, die)
    nurse.character.corrects = 0.2
    server.append("stay", STAY, 1, {"stay_id": STAY, "bed_id": BED})
    kinds = ("observation", "response", "turning", "round", "other")
    number, next_at = 0, nurse.wake(now)
    while next_at is not None:
        number += 1
        at = instant_text(line.time)
        task = {"task_id": _id(1, number), "stay_id": STAY, "kind": kinds[number % 5], "state": "ready", "due_at": at}
        server.append("task", task["task_id"], 1, task)
        step = {"step_id": _id(2, number), "staff_id": NURSE["staff_id"], "step": "assignee"}
        alert = {"alert_id": _id(3, number), "stay_id": STAY, "alert_class": "amber", "state": "open", "steps": [step]}
        alert |= {"cause": "overdue_task", "cause_id": task["task_id"], "began_at": at}
        server.append("alert", alert["alert_id"], 1, alert)
        line.frames()
        line.run(max(0, next_at - line.time))
        next_at = nurse.wake(line.time)
    return tablet


def _written(tablet: Tablet) -> list[dict[str, Any]]:
    return [kept.entry for kept in tablet.ledger.saved.values()]


def test_every_entry_that_a_nurse_writes_is_one_of_the_schemas() -> None:
    for seed in range(4):
        for entry in _written(_a_day_of_one_nurse(seed)):
            msgspec.json.decode(entry["body"], type=ENTRIES[entry["type"]])


def test_a_nurse_does_what_people_do() -> None:
    types = Counter(entry["type"] for seed in range(4) for entry in _written(_a_day_of_one_nurse(seed)))
    assert {
        "duty_started",
        "break_started",
        "break_ended",
        "duty_ended",
        "vital_signs_charted",
        "vital_signs_corrected",
        "response_recorded",
        "task_done",
        "alert_accepted",
        "alert_declined",
        "alert_snoozed",
    } <= set(types)


def test_the_same_seed_writes_the_same_day() -> None:
    first, second = (_written(_a_day_of_one_nurse(5)) for _ in range(2))
    assert first == second
    assert {entry["session_id"] for entry in first} == {NURSE["session_id"]}
