"""The simulator's own score is right by the same published vectors as the server's."""

import csv
from pathlib import Path

import pytest

from ward_sim import score_oracle

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "news2_vectors.csv"
NUMBERS = {
    "respiratory_rate": "respiratory_rate_per_min",
    "spo2": "spo2_percent",
    "systolic_bp": "systolic_mmhg",
    "pulse": "pulse_per_min",
}


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not beside the project")
def test_every_published_vector_scores_right() -> None:
    wrong = []
    with VECTORS.open(newline="") as file:
        for row in csv.DictReader(file):
            values: dict[str, int | bool | str] = {field: int(row[name]) for name, field in NUMBERS.items()}
            values["on_oxygen"] = row["on_oxygen"] == "1"
            values["consciousness"] = row["acvpu"]
            values["temperature_tenths_c"] = round(float(row["temperature_c"]) * 10)
            found = score_oracle.expected_score(values, scale=int(row["spo2_scale"]))
            expected = (int(row["exp_total"]), row["exp_single_parameter_3"] == "1", row["exp_band"])
            if (found.total, found.single_3, found.band) != expected:
                wrong.append((row["id"], found, expected))
    assert not wrong


def test_a_missing_parameter_gives_a_lower_bound_and_no_total() -> None:
    found = score_oracle.expected_score({"respiratory_rate_per_min": 26, "pulse_per_min": 112})
    assert (found.total, found.lower_bound, found.single_3) == (None, 5, True)
    assert score_oracle.alert_class(found) == "amber"


def test_an_impossible_value_from_a_device_is_not_scored_but_a_confirmed_one_is() -> None:
    values = {"temperature_tenths_c": 32, "pulse_per_min": 70}
    assert score_oracle.expected_score(values | {"source": "device"}).sub_scores == {"pulse": 0}
    assert score_oracle.expected_score(values).sub_scores == {"pulse": 0, "temperature": 3}


def test_no_pulse_and_no_pressure_are_measurements() -> None:
    values = {"systolic_mmhg": 0, "pulse_per_min": 0, "source": "device"}
    assert score_oracle.expected_score(values).sub_scores == {"pulse": 3, "systolic": 3}
