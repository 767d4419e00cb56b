"""The simulator's own reading of NEWS2: written apart from the server's, so that agreement means something.

National Early Warning Score (NEWS) 2 © Royal College of Physicians 2017.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]
_REFERENCE = Path(__file__).resolve().parent.parent / "shared_schemas" / "reference"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a set must score. `total` None: not all seven could be scored."""

    total: int | None
    lower_bound: int
    single_3: bool
    band: str
    sub_scores: dict[str, int]


@cache
def chart() -> Json:
    """Return the published chart as data."""
    return json.loads((_REFERENCE / "news2.json").read_text())


@cache
def hard_bounds() -> dict[str, tuple[int, int, bool]]:
    """Return the hard bounds by field of a set, and whether a zero is a measurement all the same."""
    parameters = json.loads((_REFERENCE / "plausibility.json").read_text())["parameters"]
    fields = {name: sign["field"] for name, sign in chart()["parameters"].items()}
    return {
        fields[name]: (*sign["hard"], sign["zero_recordable"]) for name, sign in parameters.items() if name in fields
    }


def invalid_fields(values: Json) -> set[str]:
    """Return the fields whose values lie outside the hard bounds."""
    return {
        field
        for field, (low, high, zero) in hard_bounds().items()
        if field in values and not low <= values[field] <= high and not (zero and values[field] == 0)
    }


def expected_score(values: Json, *, scale: int = 1) -> Expected:
    """Return the score of a set's values; a device's impossible values count as missing."""
    ignored = invalid_fields(values) if values.get("source") == "device" else set()
    scores: dict[str, int] = {}
    for name, sign in chart()["parameters"].items():
        value = values.get(sign["field"])
        if value is None or sign["field"] in ignored:
            continue
        found = _score(name, sign, value, scale, values.get("on_oxygen"))
        if found is not None:
            scores[name] = found
    total = sum(scores.values())
    single_3 = 3 in scores.values()
    complete = len(scores) == len(chart()["parameters"])
    return Expected(total if complete else None, total, single_3, band_of(total, single_3), scores)


def _score(name: str, sign: Json, value: Any, scale: int, on_oxygen: bool | None) -> int | None:
    if "scores" in sign:
        return sign["scores"].get(str(value).lower() if isinstance(value, bool) else value)
    bands: list[Json] = sign.get("bands", [])
    if name == "spo2" and scale == 1:
        bands = sign["scale_1"]
    elif name == "spo2":
        # On scale 2 a saturation of 93 or more can not be judged before air or oxygen is known.
        if on_oxygen is None and value > 92:
            return None
        bands = sign["scale_2_oxygen" if on_oxygen else "scale_2_air"]
    for step in bands:
        if step["up_to"] is None or value <= step["up_to"]:
            return step["score"]
    return None


def band_of(total: int, single_3: bool) -> str:
    """Return the band of a total; a single 3 lifts a total below the urgent threshold."""
    if total >= 7:
        return "high"
    if total >= 5:
        return "medium"
    if single_3:
        return "low-medium"
    return "low" if total else "zero"


def interval_minutes(band: str) -> int:
    """Return the longest time to the next set after a complete one of this band."""
    return chart()["response"][band]["interval_minutes"]


def alert_class(expected: Expected) -> str | None:
    """Return the class of the response that a set demands, None for none."""
    if expected.total is None and expected.lower_bound < 5 and not expected.single_3:
        return None
    return chart()["response"][expected.band]["alert_class"]
