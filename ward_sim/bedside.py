"""What a person does at a bed, as the bodies of entries; and the patients there, as processes."""

import random
from dataclasses import dataclass, field
from typing import Any

from ward_sim.instants import MINUTE, instant_text
from ward_sim.physiology import Body

Json = dict[str, Any]
_MEASURES = (
    "respiratory_rate_per_min",
    "spo2_percent",
    "on_oxygen",
    "systolic_mmhg",
    "pulse_per_min",
    "consciousness",
    "temperature_tenths_c",
)
_PARAMETER = dict(
    zip(
        _MEASURES,
        ("respiratory_rate", "spo2", "oxygen", "systolic", "pulse", "consciousness", "temperature"),
        strict=True,
    )
)


@dataclass(slots=True)
class Bedside:
    """The real patients of a hospital, by stay; screens never read it, hands do. `away`: on leave, the bed is empty."""

    bodies: dict[str, Body] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)

    def measure(self, stay_id: str, at: int) -> Json:
        """Return what a full set at this bed measures."""
        return self.bodies[stay_id].read(at)

    def treat(self, stay_id: str, at: int) -> None:
        """Somebody who can act has come."""
        self.bodies[stay_id].treat(at)


def vital_signs(die: random.Random, values: Json, *, incomplete_share: float) -> Json:
    """Return the values as charted: now and then something could not be measured, with its reason."""
    charted = dict(values)
    if die.random() >= incomplete_share:
        return charted
    name = die.choice(("temperature_tenths_c", "respiratory_rate_per_min", "systolic_mmhg"))
    del charted[name]
    if name == "systolic_mmhg":
        del charted["diastolic_mmhg"]
    reason = die.choice(("refused", "asleep", "no_device"))
    charted["not_done"] = [{"parameter": _PARAMETER[name], "reason": reason}]
    return charted


def looks_ill(values: Json) -> bool:
    """Return whether an experienced nurse would worry; no score, only her eye."""
    return (
        values.get("respiratory_rate_per_min", 16) >= 25
        or values.get("consciousness", "A") != "A"
        or values.get("pulse_per_min", 70) >= 111
    )


def first_reply(at: int) -> Json:
    """Return the first fields of a response: whom, when, what was said, by when."""
    return {
        "whom": "On-call doctor",
        "called_at": instant_text(at),
        "reply": "Will come and see the patient",
        "expected_by_at": instant_text(at + 20 * MINUTE),
    }


def whole_reply(called_at: int, attended_at: int) -> Json:
    """Return a response's five fields: the doctor has come."""
    return {**first_reply(called_at), "attended_at": instant_text(attended_at)}
