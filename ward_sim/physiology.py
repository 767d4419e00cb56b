"""Patients as processes: every vital sign wanders around its own baseline, and some patients deteriorate and recover.

The figures are a simulation's convention: baselines as adults on a general ward have them, a wander with a time
constant of two hours, and a share of patients who get worse in a day. They calibrate nothing but the simulator.
"""

import math
import random
from dataclasses import dataclass, field
from typing import Any

from ward_sim.instants import HOUR, MINUTE

_TIME_CONSTANT_MS = 2 * HOUR
# Vital sign: mean and spread of baselines, spread of the wander, change at full severity, lowest and highest.
_SIGNS = {
    "respiratory_rate_per_min": (16.0, 1.2, 1.1, 13.0, 4, 60),
    "spo2_percent": (97.2, 0.8, 0.7, -9.0, 55, 100),
    "systolic_mmhg": (126.0, 8.0, 6.0, -42.0, 40, 240),
    "pulse_per_min": (74.0, 6.0, 5.0, 52.0, 25, 200),
    "temperature_tenths_c": (368.0, 2.0, 2.5, 17.0, 330, 415),
}
_OXYGEN_GAIN = 3.5
_CONFUSED_FROM = 0.8
_VOICE_FROM = 1.05


@dataclass(slots=True)
class Episode:
    """A deterioration: severity climbs from onset to peak, and falls once somebody has attended."""

    onset_at: int
    climb_ms: int
    peak: float
    treated_at: int | None = None

    def severity(self, at: int) -> float:
        """Return how ill the patient is through this episode; 1 is a clear NEWS2 of 7 or more."""
        climbed = max(0.0, min(1.0, (at - self.onset_at) / self.climb_ms)) * self.peak
        if self.treated_at is None or at < self.treated_at:
            return climbed
        return climbed * math.exp(-(at - self.treated_at) / (3 * HOUR))


@dataclass(slots=True)
class Body:
    """One patient's body: seeded, read forward in time only."""

    die: random.Random
    read_at: int
    base: dict[str, float] = field(default_factory=dict)
    wander: dict[str, float] = field(default_factory=dict)
    episodes: list[Episode] = field(default_factory=list)
    on_oxygen: bool = False

    def read(self, at: int) -> dict[str, Any]:
        """Return what a nurse measures at the bedside, in the units of the wire."""
        keep = math.exp(-max(0, at - self.read_at) / _TIME_CONSTANT_MS)
        self.read_at = max(at, self.read_at)
        severity = sum(episode.severity(at) for episode in self.episodes)
        values: dict[str, Any] = {}
        for name, (_, _, spread, change, low, high) in _SIGNS.items():
            noise = self.die.gauss(0, spread) * math.sqrt(1 - keep * keep)
            self.wander[name] = self.wander[name] * keep + noise
            value = self.base[name] + self.wander[name] + severity * change
            if name == "spo2_percent" and self.on_oxygen:
                value += _OXYGEN_GAIN
            values[name] = max(low, min(high, round(value)))
        values["diastolic_mmhg"] = round(values["systolic_mmhg"] * 0.6)
        values["consciousness"] = _acvpu(severity)
        self._oxygen(values)
        return values

    def _oxygen(self, values: dict[str, Any]) -> None:
        """Oxygen is begun below 92 % and taken off above 97 %."""
        values["on_oxygen"] = self.on_oxygen
        if self.on_oxygen:
            values["oxygen_device"] = "nasal_cannula"
            values["oxygen_flow_tenths_l_per_min"] = 20
        if values["spo2_percent"] < 92:
            self.on_oxygen = True
        elif values["spo2_percent"] > 97:
            self.on_oxygen = False

    def treat(self, at: int) -> None:
        """Somebody attended: what is going on begins to get better."""
        for episode in self.episodes:
            if episode.treated_at is None and episode.onset_at <= at:
                episode.treated_at = at


def _acvpu(severity: float) -> str:
    if severity >= _VOICE_FROM:
        return "V"
    return "C" if severity >= _CONFUSED_FROM else "A"


def new_body(die: random.Random, from_at: int, until_at: int, *, ill_share: float) -> Body:
    """Return a body whose deteriorations, if any, begin between the two instants."""
    body = Body(die, from_at)
    for name, (mean, spread, wander, *_) in _SIGNS.items():
        body.base[name] = die.gauss(mean, spread)
        body.wander[name] = die.gauss(0, wander)
    body.base["spo2_percent"] = min(99.0, body.base["spo2_percent"])
    if die.random() < ill_share:
        onset_at = die.randrange(from_at, max(from_at + MINUTE, until_at - 2 * HOUR))
        body.episodes.append(Episode(onset_at, die.randrange(HOUR, 5 * HOUR), die.uniform(0.45, 1.2)))
    return body
