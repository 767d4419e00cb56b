"""National Early Warning Score (NEWS) 2 © Royal College of Physicians 2017, from reference/news2.json."""

from shared_schemas.reference import read
from shared_schemas.vitals import Band, NoScoreReason, Parameter, Score, VitalSigns

NEWS2 = read("news2")
PARAMETERS = tuple(Parameter(name) for name in NEWS2["parameters"])
_BANDS_BY_SEVERITY = tuple(Band(name) for name in NEWS2["order"])


def _banded(value: int, bands: list[dict]) -> int | None:
    for band in bands:
        if band["up_to"] is None or value <= band["up_to"]:
            return band["score"]
    return None


def _spo2_bands(scale: int, *, on_oxygen: bool | None) -> str | None:
    if scale == 1:
        return "scale_1"
    if on_oxygen is None:
        return None
    return "scale_2_oxygen" if on_oxygen else "scale_2_air"


def _spo2_score(percent: int, scale: int, *, on_oxygen: bool | None) -> int | None:
    """With air or oxygen unknown, scale 2 scores only what is the same on both."""
    table = NEWS2["parameters"]["spo2"]
    bands = _spo2_bands(scale, on_oxygen=on_oxygen)
    if bands:
        return _banded(percent, table[bands])
    on_air, with_oxygen = (_banded(percent, table[f"scale_2_{kind}"]) for kind in ("air", "oxygen"))
    return on_air if on_air == with_oxygen else None


def _waits_for_oxygen(values: VitalSigns) -> bool:
    """SpO2 was measured, but scale 2 scores it only when air or oxygen is known: it is oxygen that is missing."""
    percent = values.spo2_percent
    return percent is not None and values.on_oxygen is None and _spo2_score(percent, 2, on_oxygen=True) is not None


def _sub_score(parameter: Parameter, values: VitalSigns, scale: int) -> int | None:
    table = NEWS2["parameters"][parameter.value]
    value = getattr(values, table["field"])
    if value is None:
        return None
    match parameter:
        case Parameter.SPO2:
            return _spo2_score(value, scale, on_oxygen=values.on_oxygen)
        case Parameter.OXYGEN:
            return table["scores"]["true" if value else "false"]
        case Parameter.CONSCIOUSNESS:
            return table["scores"][value.value]
        case _:
            return _banded(value, table["bands"])


def band_of(total: int, *, single_3: bool) -> Band:
    """The clinical risk of a total (charts 2 and 4); a single 3 lifts 3-4 to low-medium."""
    for band in reversed(_BANDS_BY_SEVERITY):
        row = NEWS2["response"][band.value]
        lowest, highest = row["totals"]
        if lowest <= total <= highest and (single_3 or not row.get("single_3")):
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
    found = {parameter: _sub_score(parameter, values, scale) for parameter in PARAMETERS}
    sub_scores = {parameter.value: score for parameter, score in found.items() if score is not None}
    missing = [
        parameter
        for parameter, score in found.items()
        if score is None and not (parameter is Parameter.SPO2 and _waits_for_oxygen(values))
    ]
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
