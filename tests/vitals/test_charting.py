"""Charting keeps what was measured, whatever it is, in the same few statements for three patients or thirty."""

import msgspec

from backend.db import unit_of_work
from backend.vitals.actions import chart_vital_signs
from shared_schemas.stays import PatientDischarged
from shared_schemas.vitals import (
    OxygenDevice,
    Parameter,
    Source,
    TemperatureAsMeasured,
    TemperatureUnit,
    VitalSignsCharted,
)
from tests.vitals.bedside import WELL, Bedside, scoring


async def test_every_value_comes_back_as_it_was_charted(bedside: Bedside) -> None:
    values = msgspec.structs.replace(
        WELL,
        on_oxygen=True,
        oxygen_device=OxygenDevice.VENTURI_MASK,
        oxygen_flow_tenths_l_per_min=40,
        fio2_percent=28,
        temperature_tenths_c=370,
        temperature_as_measured=TemperatureAsMeasured(value_tenths=986, unit=TemperatureUnit.FAHRENHEIT),
        confirmed=[Parameter.PULSE],
    )
    row = await bedside.row(await bedside.chart(values))
    assert row.values == values
    assert row.score.total == 2


async def test_zero_stays_zero_and_unmeasured_stays_unmeasured(bedside: Bedside) -> None:
    values = msgspec.structs.replace(WELL, pulse_per_min=0, temperature_tenths_c=None)
    row = await bedside.row(await bedside.chart(values))
    assert (row.values.pulse_per_min, row.values.temperature_tenths_c) == (0, None)
    assert row.score.missing == [Parameter.TEMPERATURE]


async def test_an_implausible_value_is_kept_scored_and_flagged(bedside: Bedside) -> None:
    values = msgspec.structs.replace(WELL, pulse_per_min=351, confirmed=[Parameter.PULSE])
    row = await bedside.row(await bedside.chart(values))
    assert (row.values.pulse_per_min, row.flags, row.score.sub_scores["pulse"]) == (351, ["implausible"], 3)


async def test_a_device_value_outside_the_hard_bounds_is_kept_as_invalid_and_not_scored(bedside: Bedside) -> None:
    values = msgspec.structs.replace(WELL, spo2_percent=29, source=Source.DEVICE)
    row = await bedside.row(await bedside.chart(values))
    assert (row.values.spo2_percent, row.invalid, row.flags) == (29, [Parameter.SPO2], ["device_invalid"])
    assert (row.score.total, row.score.missing) == (None, [Parameter.SPO2])
    assert await bedside.alerts() == []


async def test_a_run_of_sets_costs_the_same_statements_for_3_patients_and_for_30(ward: Bedside) -> None:
    counts = {}
    for patients in (3, 30):
        stays = [await ward.admit() for _ in range(patients)]
        async with unit_of_work(ward.cast.database, ward.now) as work:
            bodies = [
                VitalSignsCharted(observed_at=ward.now, stay_id=stay_id, values=values)
                for stay_id, values in zip(stays, [scoring(0), scoring(7), scoring(2)] * 10, strict=False)
            ]
            run = [await ward.cast.arrived(work, ward.cast.anna, body) for body in bodies]
            with ward.cast.database.counted_statements() as statements:
                outcomes = await chart_vital_signs(work, run)
        assert len(outcomes) == patients
        counts[patients] = len(statements)
    assert counts[3] == counts[30]


async def test_a_set_of_a_patient_who_has_left_is_kept_and_plans_nothing(bedside: Bedside) -> None:
    await bedside.say(PatientDischarged, by=bedside.cast.charlotte)
    entry_id = await bedside.chart(scoring(7), ago=1)
    assert (await bedside.row(entry_id)).score.total == 7
    assert await bedside.responses() == []
