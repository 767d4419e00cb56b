"""What a value may plausibly be, from reference/plausibility.json: asked about, kept, never refused."""

from enum import Enum

import msgspec

from shared_schemas.reference import read
from shared_schemas.vitals import Parameter, Source, VitalSigns

PLAUSIBILITY = read("plausibility")
FIELDS = {
    Parameter.RESPIRATORY_RATE: "respiratory_rate_per_min",
    Parameter.SPO2: "spo2_percent",
    Parameter.SYSTOLIC: "systolic_mmhg",
    Parameter.DIASTOLIC: "diastolic_mmhg",
    Parameter.PULSE: "pulse_per_min",
    Parameter.TEMPERATURE: "temperature_tenths_c",
}


class Plausible(Enum):
    """What the tablet does with a value: nothing, asks once, or asks to type it again."""

    YES = "yes"
    ASK = "ask"
    FAHRENHEIT = "fahrenheit"
    RETYPE = "retype"


def plausible(parameter: Parameter, value: int, systolic_mmhg: int | None = None) -> Plausible:
    """How plausible one value is, in the unit of its field; a diastolic is also held against the systolic."""
    bounds = PLAUSIBILITY["parameters"][parameter.value]
    (hard_low, hard_high), (soft_low, soft_high) = bounds["hard"], bounds["soft"]
    low, high = PLAUSIBILITY["ask_fahrenheit_tenths_c"]
    if parameter is Parameter.TEMPERATURE and low <= value <= high:
        return Plausible.FAHRENHEIT
    if value == 0 and bounds["zero_recordable"]:
        return Plausible.ASK
    if not hard_low <= value <= hard_high:
        return Plausible.RETYPE
    if "below" in bounds and systolic_mmhg is not None and value >= systolic_mmhg:
        return Plausible.ASK
    return Plausible.YES if soft_low <= value <= soft_high else Plausible.ASK


# Values about which nobody is asked: most are.
_USUAL = {
    field: frozenset(
        value
        for value in range(PLAUSIBILITY["parameters"][parameter.value]["soft"][1] + 1)
        if plausible(parameter, value) is Plausible.YES
    )
    for parameter, field in FIELDS.items()
}


def outside_hard(values: VitalSigns) -> list[Parameter]:
    """Parameters whose value lies outside the hard bounds."""
    return [
        parameter
        for parameter, field in FIELDS.items()
        if (value := getattr(values, field)) is not None
        and value not in _USUAL[field]
        and plausible(parameter, value) in (Plausible.RETYPE, Plausible.FAHRENHEIT)
    ]


def scorable(values: VitalSigns) -> tuple[VitalSigns, list[Parameter]]:
    """The values that may be scored, and a device's values outside the hard bounds: kept as invalid, not scored."""
    if values.source is not Source.DEVICE:
        return values, []
    invalid = outside_hard(values)
    return msgspec.structs.replace(values, **{FIELDS[one]: None for one in invalid}), invalid
