"""The rules give what the golden cases say; the tablet runs the same cases."""

import csv
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.vitals.rules import rounding
from backend.vitals.rules.news2 import NEWS2, band_of, news2, severity
from backend.vitals.rules.plausibility import outside_hard, plausible, scorable
from shared_schemas.reference import read
from shared_schemas.vitals import Band, Consciousness, Parameter, Score, Source, VitalSigns

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "news2_vectors.csv"
ROUNDING = read("golden/rounding")


@pytest.mark.parametrize("case", read("golden/news2")["cases"], ids=lambda case: case["name"])
def test_the_score_is_the_golden_one(case: dict) -> None:
    values = msgspec.convert(case["values"], VitalSigns)

    found = news2(values, case["scale"], case["age_years"], pregnant=case["pregnant"])

    assert found == msgspec.convert(case["score"], Score)


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not beside the project")
def test_every_published_vector_scores_right() -> None:
    with VECTORS.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 100
    for row in rows:
        found = news2(
            VitalSigns(
                respiratory_rate_per_min=int(row["respiratory_rate"]),
                spo2_percent=int(row["spo2"]),
                on_oxygen=row["on_oxygen"] == "1",
                systolic_mmhg=int(row["systolic_bp"]),
                pulse_per_min=int(row["pulse"]),
                consciousness=Consciousness(row["acvpu"]),
                temperature_tenths_c=rounding.half_up_tenths(row["temperature_c"]),
            ),
            int(row["spo2_scale"]),
        )
        parts = ["rr", "spo2", "o2", "sbp", "pulse", "acvpu", "temp"]
        assert list(found.sub_scores.values()) == [int(row[f"exp_{part}"]) for part in parts], row
        assert found.total == int(row["exp_total"])
        assert found.single_3 == (row["exp_single_parameter_3"] == "1")
        assert found.band == Band(row["exp_band"])


@pytest.mark.parametrize("case", ROUNDING["half_up_tenths"], ids=str)
def test_tenths_are_rounded_half_up_as_written(case: dict) -> None:
    assert rounding.half_up_tenths(case["written"]) == case["tenths"]


@pytest.mark.parametrize("case", ROUNDING["half_up_whole"], ids=str)
def test_whole_numbers_are_rounded_half_up_as_written(case: dict) -> None:
    assert rounding.half_up_whole(case["written"]) == case["whole"]


@pytest.mark.parametrize("case", ROUNDING["age_years"], ids=str)
def test_age_turns_on_the_birthday(case: dict) -> None:
    born_on, on = date.fromisoformat(case["born_on"]), date.fromisoformat(case["on"])
    assert rounding.age_years(born_on, on) == case["years"]


@pytest.mark.parametrize("case", read("golden/plausibility")["cases"], ids=str)
def test_a_value_is_as_plausible_as_the_golden_case_says(case: dict) -> None:
    found = plausible(Parameter(case["parameter"]), case["value"], case["systolic_mmhg"])
    assert found.value == case["plausible"]


def test_a_device_value_outside_hard_is_kept_as_invalid_and_not_scored() -> None:
    values = VitalSigns(spo2_percent=29, pulse_per_min=80, temperature_tenths_c=986)

    assert scorable(values) == (values, [])
    assert outside_hard(values) == [Parameter.SPO2, Parameter.TEMPERATURE]
    from_device = msgspec.structs.replace(values, source=Source.DEVICE)
    kept, invalid = scorable(from_device)
    assert invalid == [Parameter.SPO2, Parameter.TEMPERATURE]
    assert (kept.spo2_percent, kept.pulse_per_min, kept.temperature_tenths_c) == (None, 80, None)


def test_every_total_has_one_band_and_none_beyond_twenty() -> None:
    order = [severity(band_of(total, single_3=True)) for total in range(21)]
    assert order == sorted(order)
    assert severity(None) < severity(Band.ZERO)
    with pytest.raises(ValueError, match="no band"):
        band_of(21, single_3=False)


def test_every_parameter_and_response_names_its_source() -> None:
    assert all("source" in table for table in NEWS2["parameters"].values())
    assert all("source" in row for row in NEWS2["response"].values())
    assert all("source" in row for row in read("plausibility")["parameters"].values())


sets = st.builds(
    VitalSigns,
    respiratory_rate_per_min=st.none() | st.integers(0, 999),
    spo2_percent=st.none() | st.integers(0, 999),
    on_oxygen=st.none() | st.booleans(),
    systolic_mmhg=st.none() | st.integers(0, 999),
    pulse_per_min=st.none() | st.integers(0, 999),
    consciousness=st.none() | st.sampled_from(Consciousness),
    temperature_tenths_c=st.none() | st.integers(0, 1200),
)
scales = st.sampled_from((1, 2))


@given(sets, scales)
def test_a_total_exists_exactly_when_nothing_is_missing(values: VitalSigns, scale: int) -> None:
    score = news2(values, scale)

    assert (score.total is None) == bool(score.missing)
    assert score.lower_bound == sum(score.sub_scores.values())
    assert score.single_3 == (3 in score.sub_scores.values())


@given(sets, scales, sets)
def test_a_lower_bound_never_falls_as_values_are_added(values: VitalSigns, scale: int, more: VitalSigns) -> None:
    added = {name: getattr(more, name) for name in values.__struct_fields__ if not getattr(values, name)}
    # An oxygen answer may only be added where there was none: False is an answer.
    if values.on_oxygen is not None:
        added.pop("on_oxygen", None)
    fuller = msgspec.structs.replace(values, **{k: v for k, v in added.items() if v is not None})
    zeros = [name for name in added if getattr(values, name) == 0]
    fuller = msgspec.structs.replace(fuller, **dict.fromkeys(zeros, 0))

    assert news2(fuller, scale).lower_bound >= news2(values, scale).lower_bound


@given(
    sets,
    scales,
    st.sampled_from(["respiratory_rate_per_min", "pulse_per_min"]),
    st.integers(0, 998),
)
def test_faster_above_the_normal_range_never_scores_less(values: VitalSigns, scale: int, field: str, step: int) -> None:
    lowest_normal = {"respiratory_rate_per_min": 12, "pulse_per_min": 51}[field]
    slow = lowest_normal + step % (999 - lowest_normal)
    slower = msgspec.structs.replace(values, **{field: slow})
    faster = msgspec.structs.replace(values, **{field: slow + 1})

    assert news2(faster, scale).lower_bound >= news2(slower, scale).lower_bound
