"""Scores a table of sets, so that a safety officer can check the rules with her own cases."""

from shared_schemas.vitals import Consciousness, Parameter, VitalSigns

from .news2 import PARAMETERS, news2, no_score_reason
from .plausibility import PLAUSIBILITY
from .rounding import half_up_tenths, half_up_whole
from .table_text import UnreadableTable, parsed, written

_NUMBERS = {
    "respiratory_rate": ("respiratory_rate_per_min", half_up_whole, 999),
    "spo2": ("spo2_percent", half_up_whole, 100),
    "systolic_bp": ("systolic_mmhg", half_up_whole, 999),
    "pulse": ("pulse_per_min", half_up_whole, 999),
    "temperature_c": ("temperature_tenths_c", half_up_tenths, 1200),
}
_CHOICES = {
    "spo2_scale": {"": 1, "1": 1, "2": 2},
    "on_oxygen": {"": None, "0": False, "1": True},
    "acvpu": {"": None, **{one.value: one for one in Consciousness}},
    "pregnant": {"": False, "0": False, "1": True},
}
_NEEDED = (
    "respiratory_rate",
    "spo2",
    "spo2_scale",
    "on_oxygen",
    "systolic_bp",
    "pulse",
    "acvpu",
    "temperature_c",
)
_ADDED_BY_PARAMETER = {
    Parameter.RESPIRATORY_RATE: "score_rr",
    Parameter.SPO2: "score_spo2",
    Parameter.OXYGEN: "score_o2",
    Parameter.SYSTOLIC: "score_sbp",
    Parameter.PULSE: "score_pulse",
    Parameter.CONSCIOUSNESS: "score_acvpu",
    Parameter.TEMPERATURE: "score_temp",
}
ADDED = (
    *(_ADDED_BY_PARAMETER[one] for one in PARAMETERS),
    "score_total",
    "single_parameter_3",
    "band",
)


class _BadCell(ValueError):
    """A cell that is not what its column asks for; the message is the refusal's reason."""


def score_table(text: str) -> str:
    """The same table with ADDED columns: the scores, `incomplete` or `refused: REASON` as the total.

    `age_years` and `pregnant` are optional columns. Raises UnreadableTable when a needed column is not there.
    """
    rows = parsed(text)
    header = rows[0] if rows else []
    for name in _NEEDED:
        if header.count(name) != 1:
            raise UnreadableTable(f"the first line must name the column {name} once")
    out = [[*header, *ADDED]]
    for number, row in enumerate(rows[1:], 2):
        if len(row) > len(header):
            raise UnreadableTable(f"row {number} has {len(row)} cells, the first line has {len(header)}")
        full = row + [""] * (len(header) - len(row))
        out.append([*full, *_scored(dict(zip(header, full, strict=True)))])
    return written(out)


def _scored(cells: dict[str, str]) -> list[str]:
    try:
        values, scale, age, pregnant = _read({name: cell.strip(" \t") for name, cell in cells.items()})
    except _BadCell as bad:
        return _refused(str(bad))
    reason = no_score_reason(age, pregnant=pregnant)
    if reason:
        return _refused(reason.value)
    score = news2(values, scale, age, pregnant=pregnant)
    sub_scores = [str(score.sub_scores.get(one.value, "")) for one in PARAMETERS]
    single_3 = str(int(score.single_3))
    if score.total is None or score.band is None:
        # The band of a lower bound would read like a band: it is left out.
        return [*sub_scores, "incomplete", single_3, ""]
    return [*sub_scores, str(score.total), single_3, score.band.value]


def _refused(reason: str) -> list[str]:
    return [*[""] * len(PARAMETERS), f"refused: {reason}", "", ""]


def _read(cells: dict[str, str]) -> tuple[VitalSigns, int, int | None, bool]:
    numbers = {}
    for name, (field, rounded, highest) in _NUMBERS.items():
        if not cells[name]:
            continue
        value = rounded(cells[name])
        if value is None or value > highest:
            raise _BadCell(f"bad_{name}")
        numbers[field] = value
    low, high = PLAUSIBILITY["ask_fahrenheit_tenths_c"]
    if low <= numbers.get("temperature_tenths_c", 0) <= high:
        raise _BadCell("fahrenheit")  # a person would be asked; scoring it would be a guess
    chosen = {}
    for name, choices in _CHOICES.items():
        if cells.get(name, "") not in choices:
            raise _BadCell(f"bad_{name}")
        chosen[name] = choices[cells.get(name, "")]
    age = cells.get("age_years", "")
    if age and half_up_whole(age) is None:
        raise _BadCell("bad_age_years")
    values = VitalSigns(**numbers, on_oxygen=chosen["on_oxygen"], consciousness=chosen["acvpu"])
    # Age is whole years: 15.9 is still 15.
    return values, chosen["spo2_scale"], int(age.split(".")[0]) if age else None, chosen["pregnant"]
