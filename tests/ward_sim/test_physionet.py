"""The mapping of real series to sets is the one that is written down."""

from pathlib import Path

import pytest

from ward_sim.instants import HOUR, MINUTE
from ward_sim.physionet import read_series

RECORD = """Time,Parameter,Value
00:00,RecordID,1
00:00,Age,76
00:05,HR,88
00:05,SysABP,105
00:05,NISysABP,99
00:05,Temp,35.25
00:20,SaO2,96
00:20,MechVent,1
01:00,HR,90
01:00,NISysABP,101
01:00,GCS,13
01:00,FiO2,0.21
06:00,HR,70
06:00,SysABP,120
06:00,GCS,3
"""


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "1.txt"
    path.write_text(RECORD)
    return path


def test_a_set_is_a_timestamp_with_three_values_and_arterial_pressure_goes_first(record: Path) -> None:
    series = read_series(record)
    sets = dict(series.sets(carried=False))
    assert series.age_years == 76
    assert list(sets) == [5 * MINUTE, HOUR, 6 * HOUR]
    assert sets[5 * MINUTE] == {"systolic_mmhg": 105, "pulse_per_min": 88, "temperature_tenths_c": 353}
    assert sets[HOUR]["consciousness"] == "C"
    assert sets[HOUR]["on_oxygen"] is False
    assert sets[6 * HOUR]["consciousness"] == "U"


def test_values_are_carried_four_hours_and_no_longer(record: Path) -> None:
    sets = dict(read_series(record).sets(carried=True))
    assert sets[HOUR]["spo2_percent"] == 96
    assert sets[HOUR]["temperature_tenths_c"] == 353
    assert sets[HOUR]["systolic_mmhg"] == 101
    assert "spo2_percent" not in sets[6 * HOUR]
