"""Real series of the PhysioNet/CinC Challenge 2012 as sets of vital signs (ODC-By 1.0; read, never shipped).

Conventions of this simulation, not of medicine: GCS 15 is A, 13-14 C, 9-12 V, 4-8 P, 3 U; MechVent = 1 or FiO2 above
0.21 is oxygen; SaO2 stands for SpO2; an arterial systolic goes before a cuff's.
"""

import csv
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from ward_sim.instants import HOUR, MINUTE

LEAST_VALUES = 3
CARRY_MS = 4 * HOUR
Value = int | bool | str
_ROOM_AIR = Decimal("0.21")
_GCS = ((15, "A"), (13, "C"), (9, "V"), (4, "P"), (3, "U"))


@dataclass(frozen=True, slots=True)
class Series:
    """One patient: age in years, and readings by milliseconds since admission, each with what was measured."""

    record_id: str
    age_years: int
    readings: list[tuple[int, dict[str, Value]]]

    def sets(self, *, carried: bool) -> list[tuple[int, dict[str, Value]]]:
        """Return the timestamps with at least three measured values.

        `carried`: what is missing there is filled with values measured up to four hours before.
        """
        last: dict[str, tuple[int, Value]] = {}
        sets = []
        for at, values in self.readings:
            last |= {name: (at, value) for name, value in values.items()}
            if len(values) < LEAST_VALUES:
                continue
            fresh = {name: value for name, (since, value) in last.items() if at - since <= CARRY_MS}
            sets.append((at, fresh if carried else values))
        return sets


@dataclass(slots=True)
class _Reading:
    """The raw values of one timestamp, the first of a kind counting."""

    raw: dict[str, Decimal] = field(default_factory=dict)


def read_series(path: Path) -> Series:
    """Return a record's readings in order of time."""
    age_years = 0
    readings: dict[int, _Reading] = {}
    with path.open(newline="") as file:
        for line in csv.DictReader(file):
            hours, minutes = line["Time"].split(":")
            at = int(hours) * HOUR + int(minutes) * MINUTE
            value = Decimal(line["Value"])
            if line["Parameter"] == "Age":
                age_years = int(value)
            readings.setdefault(at, _Reading()).raw.setdefault(line["Parameter"], value)
    values = [(at, _values(reading.raw)) for at, reading in sorted(readings.items())]
    return Series(path.stem, age_years, [kept for kept in values if kept[1]])


def _values(raw: dict[str, Decimal]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    whole = {
        "respiratory_rate_per_min": raw.get("RespRate"),
        "spo2_percent": raw.get("SaO2"),
        "systolic_mmhg": raw.get("SysABP", raw.get("NISysABP")),
        "pulse_per_min": raw.get("HR"),
    }
    found |= {name: _half_up(value) for name, value in whole.items() if value is not None}
    if "Temp" in raw:
        found["temperature_tenths_c"] = _half_up(raw["Temp"] * 10)
    if "GCS" in raw:
        found["consciousness"] = next((word for least, word in _GCS if raw["GCS"] >= least), "U")
    if "MechVent" in raw or "FiO2" in raw:
        ventilated = raw.get("MechVent") == 1
        found["on_oxygen"] = ventilated or raw.get("FiO2", _ROOM_AIR) > _ROOM_AIR
    return found


def _half_up(value: Decimal) -> int:
    """Negative readings are a device's "no value" and stay negative: the caller drops them as no number."""
    return int(value.to_integral_value(ROUND_HALF_UP))
