"""Who works with a tablet: her turn of duty, her character, what she has in mind, and how she says something."""

import random
from dataclasses import dataclass, field
from typing import Any

from ward_sim.bedside import Bedside
from ward_sim.instants import instant_text
from ward_sim.tablet import Tablet

Json = dict[str, Any]


@dataclass(slots=True)
class Character:
    """How reliable a person is: shares between 0 and 1."""

    forgets: float = 0.07
    leaves_out: float = 0.05
    ignores: float = 0.15
    corrects: float = 0.02


@dataclass(slots=True)
class Turn:
    """A turn of duty: where, as what, for which beds, from when until when."""

    unit_id: str
    post: str
    bed_ids: list[str]
    from_at: int
    until_at: int
    break_at: int
    kinds: tuple[str, ...] = ("observation", "response", "turning", "round", "other")
    buddy_staff_id: str | None = None


@dataclass(slots=True)
class Colleague:
    """One person of a unit with a tablet in her pocket: who she is, what she has in mind, and how she writes."""

    staff_id: str
    tablet: Tablet
    turn: Turn
    wards: Bedside
    die: random.Random
    character: Character = field(default_factory=Character)
    duty_id: str | None = None
    urgent: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    bed_due: dict[str, int] = field(default_factory=dict)

    @property
    def on_duty(self) -> bool:
        """Whether she has taken up duty and is still signed in."""
        return self.duty_id is not None and self.staff_id in self.tablet.sessions

    def save(self, type_name: str, body: Json, *, ago_ms: int = 0) -> str:
        """Save an entry of something that was true `ago_ms` before now; return its id."""
        observed_at = instant_text(self.tablet.line.device_now() - ago_ms)
        return self.tablet.save(self.staff_id, type_name, {"observed_at": observed_at, **body})

    def go(self, alert: Json, _now: int) -> None:
        """What she was called to comes before everything else."""
        self.urgent.append(alert["cause_id"])
