"""National Early Warning Score (NEWS) 2 © Royal College of Physicians 2017, from reference/news2.json."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import inf
from typing import Any, NamedTuple

from shared_schemas.reference import read
from shared_schemas.vitals import Band, Consciousness, NoScoreReason, Parameter, Score, VitalSigns

NEWS2 = read("news2")
PARAMETERS = tuple(Parameter(name) for name in NEWS2["parameters"])


class _Bands:
    """The score of a whole number; None above the last band."""

    def __init__(self, bands: Sequence[dict]) -> None:
        self._highest = [inf if band["up_to"] is None else band["up_to"] for band in bands]
        self._scores = [*(band["score"] for band in bands), None]

    def __getitem__(self, value: int) -> int | None:
        return self._scores[bisect_left(self._highest, value)]


class _Scored(NamedTuple):
    """A parameter of the table. `points` by value; None for SpO2, where scale and oxygen decide, too."""

    parameter: Parameter
    name: str
    field: str
    points: Any


class _Totals(NamedTuple):
    """Which totals give a band; `only_single_3`: none does without a single 3."""

    band: Band
    lowest: int
    highest: int
    only_single_3: bool


def _parameters() -> Iterator[_Scored]:
    for parameter in PARAMETERS:
        table = NEWS2["parameters"][parameter.value]
        match parameter:
            case Parameter.SPO2:
                points = None
            case Parameter.OXYGEN:
                points = {given: table["scores"][str(given).lower()] for given in (False, True)}
            case Parameter.CONSCIOUSNESS:
                points = {one: table["scores"][one.value] for one in Consciousness}
            case _:
                points = _Bands(table["bands"])
        yield _Scored(parameter, parameter.value, table["field"], points)


# The tables as they are read for every set.
_SCORED = tuple(_parameters())
_SPO2 = {name: _Bands(NEWS2["parameters"]["spo2"][name]) for name in ("scale_1", "scale_2_air", "scale_2_oxygen")}
_BANDS_BY_SEVERITY = tuple(Band(name) for name in NEWS2["order"])
_RESPONSES = [(band, NEWS2["response"][band.value]) for band in _BANDS_BY_SEVERITY]
_TOTALS = tuple(
    _Totals(band, row["totals"][0], row["totals"][1], row.get("single_3", False)) for band, row in reversed(_RESPONSES)
)


def _spo2_score(percent: int, scale: int, *, on_oxygen: bool | None) -> int | None:
    """With air or oxygen unknown, scale 2 scores only what is the same on both."""
    if scale == 1:
        return _SPO2["scale_1"][percent]
    on_air, with_oxygen = _SPO2["scale_2_air"][percent], _SPO2["scale_2_oxygen"][percent]
    if on_oxygen is None:
        return on_air if on_air == with_oxygen else None
    return with_oxygen if on_oxygen else on_air


def _waits_for_oxygen(values: VitalSigns) -> bool:
    """SpO2 was measured, but scale 2 scores it only when air or oxygen is known: it is oxygen that is missing."""
    percent = values.spo2_percent
    return percent is not None and values.on_oxygen is None and _spo2_score(percent, 2, on_oxygen=True) is not None


def band_of(total: int, *, single_3: bool) -> Band:
    """The clinical risk of a total (charts 2 and 4); a single 3 lifts 3-4 to low-medium."""
    for band, lowest, highest, only_single_3 in _TOTALS:
        if lowest <= total <= highest and (single_3 or not only_single_3):
            return band
    message = f"no band holds a total of {total}"
    raise ValueError(message)


def severity(band: Band | None) -> int:
    """The band's place from zero to high; -1 for none."""
    return -1 if band is None else _BANDS_BY_SEVERITY.index(band)


def no_score_reason(age_years: int | None, *, pregnant: bool) -> NoScoreReason | None:
    """Why NEWS2 must not be used (RCP 2017: not under 16, not in pregnancy); None: it may. Age None: an adult."""
    if age_years is not None and age_years < NEWS2["youngest_years"]:
        return NoScoreReason.UNDER_16
    return NoScoreReason.PREGNANT if pregnant else None


def news2(values: VitalSigns, scale: int = 1, age_years: int | None = None, *, pregnant: bool = False) -> Score:
    """The score of a set. All seven parameters give a total; fewer give a lower bound and name what is missing."""
    refused = no_score_reason(age_years, pregnant=pregnant)
    if refused:
        return Score(spo2_scale=scale, no_score=refused)
    sub_scores: dict[str, int] = {}
    missing: list[Parameter] = []
    for parameter, name, field, points in _SCORED:
        value = getattr(values, field)
        score = None
        if value is not None:
            score = points[value] if points is not None else _spo2_score(value, scale, on_oxygen=values.on_oxygen)
        if score is not None:
            sub_scores[name] = score
        elif not (parameter is Parameter.SPO2 and _waits_for_oxygen(values)):
            missing.append(parameter)
    bound = sum(sub_scores.values())
    single_3 = 3 in sub_scores.values()
    return Score(
        total=None if missing else bound,
        lower_bound=bound,
        sub_scores=sub_scores,
        single_3=single_3,
        band=band_of(bound, single_3=single_3) if sub_scores else None,
        spo2_scale=scale,
        missing=missing,
    )
