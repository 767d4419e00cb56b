"""The SOS: a nurse presses it wherever she is; who is asked rings her up and says how she is."""

import random
from typing import Any

from ward_sim.colleague import Colleague
from ward_sim.instants import MINUTE

Json = dict[str, Any]
OUTCOMES = ("safe", "helped", "false_alarm")


def position(die: random.Random) -> Json:
    """Where a tablet believes to be, somewhere in a town; the accuracy is that of a telephone indoors."""
    latitude_e7 = 515_000_000 + die.randrange(-400_000, 400_000)
    longitude_e7 = -1_200_000 + die.randrange(-600_000, 600_000)
    return {"latitude_e7": latitude_e7, "longitude_e7": longitude_e7, "accuracy_m": die.randrange(5, 90)}


def press(nurse: Colleague, visit_id: str | None) -> None:
    """She needs help now; the position is sent if there is one."""
    body: Json = {"unit_id": nurse.turn.unit_id} | ({"visit_id": visit_id} if visit_id else {})
    nurse.save("sos_raised", body | ({"position": position(nurse.die)} if nurse.die.random() < 0.7 else {}))


def speaks_at(die: random.Random, now: int) -> int:
    """When who goes has reached her on the telephone."""
    return now + die.randrange(3, 9) * MINUTE


def end(asked: Colleague, staff_id: str) -> None:
    """Who has spoken with her says how she is, of the latest press that her tablet shows."""
    body = {"unit_id": asked.turn.unit_id, "staff_id": staff_id, "outcome": asked.die.choice(OUTCOMES)}
    alerts = [row for row in asked.tablet.rows("alert") if row["cause"] == "sos" and row["cause_id"] == staff_id]
    presses = [row.get("text_params", {}).get("press") for row in alerts if not row.get("ended_at")]
    asked.save("sos_ended", body | ({"press": presses[0]} if presses and presses[0] else {}))
