"""Vital signs as charted, the NEWS2 score they give, and the observation duty of a stay."""

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from shared_schemas.base import Body, Id, Instant, Line, Row
from shared_schemas.flags import Flag

# "Not a number of that quantity at all" is more than three digits (docs/adr/0006-clinical-defaults.md).
ThreeDigits = Annotated[int, Meta(ge=0, le=999)]
# Tenths of a degree: 0.0 to 120.0, so that a Fahrenheit reading typed as Celsius can still be asked about.
TemperatureTenths = Annotated[int, Meta(ge=0, le=1200)]


class Parameter(Enum):
    """The seven parameters of NEWS2, and the two that are charted beside them."""

    RESPIRATORY_RATE = "respiratory_rate"
    SPO2 = "spo2"
    OXYGEN = "oxygen"
    SYSTOLIC = "systolic"
    PULSE = "pulse"
    CONSCIOUSNESS = "consciousness"
    TEMPERATURE = "temperature"
    DIASTOLIC = "diastolic"


class Consciousness(Enum):
    """ACVPU; C is NEW confusion."""

    ALERT = "A"
    CONFUSED = "C"
    VOICE = "V"
    PAIN = "P"
    UNRESPONSIVE = "U"


class OxygenDevice(Enum):
    """Devices of the RCP NEWS2 chart's oxygen row."""

    NASAL_CANNULA = "nasal_cannula"
    SIMPLE_MASK = "simple_mask"
    VENTURI_MASK = "venturi_mask"
    RESERVOIR_MASK = "reservoir_mask"
    HUMIDIFIED = "humidified"
    HIGH_FLOW_NASAL = "high_flow_nasal"
    CPAP = "cpap"
    NIV = "niv"
    TRACHEOSTOMY = "tracheostomy"
    VENTILATOR = "ventilator"
    OTHER = "other"


class NotDoneReason(Enum):
    """Why a parameter was not charted. `UNOBTAINABLE` means tried and not measurable in the patient."""

    REFUSED = "refused"
    ASLEEP = "asleep"
    OFF_WARD = "off_ward"
    NO_DEVICE = "no_device"
    NOT_TOLERATED = "not_tolerated"
    UNOBTAINABLE = "unobtainable"
    OTHER = "other"


class TemperatureUnit(Enum):
    """UCUM codes."""

    CELSIUS = "Cel"
    FAHRENHEIT = "[degF]"


class TemperatureAsMeasured(Struct, forbid_unknown_fields=True, kw_only=True):
    """The reading in the thermometer's own unit, in tenths."""

    value_tenths: Annotated[int, Meta(ge=0, le=2480)]
    unit: TemperatureUnit


class Source(Enum):
    """Who read the value: a person, or a device that nobody has confirmed."""

    NURSE = "nurse"
    DEVICE = "device"


class NotDone(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A parameter that was not charted, with its coded reason."""

    parameter: Parameter
    reason: NotDoneReason
    text: Line | None = None


class VitalSigns(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One set at the bedside. Null means not measured; nothing is ever pre-filled.

    `temperature_tenths_c` is Celsius, rounded half-up to the tenth; `temperature_as_measured` keeps a Fahrenheit
    original. `oxygen_flow_tenths_l_per_min` is in tenths of a litre a minute. `confirmed` lists values outside the
    plausible bounds that the nurse confirmed.
    """

    respiratory_rate_per_min: ThreeDigits | None = None
    spo2_percent: ThreeDigits | None = None
    on_oxygen: bool | None = None
    oxygen_device: OxygenDevice | None = None
    oxygen_flow_tenths_l_per_min: ThreeDigits | None = None
    fio2_percent: Annotated[int, Meta(ge=21, le=100)] | None = None
    systolic_mmhg: ThreeDigits | None = None
    diastolic_mmhg: ThreeDigits | None = None
    pulse_per_min: ThreeDigits | None = None
    consciousness: Consciousness | None = None
    temperature_tenths_c: TemperatureTenths | None = None
    temperature_as_measured: TemperatureAsMeasured | None = None
    not_done: Annotated[list[NotDone], Meta(max_length=9)] = []
    confirmed: Annotated[list[Parameter], Meta(max_length=9)] = []
    source: Source = Source.NURSE


class Band(Enum):
    """Clinical risk of RCP NEWS2 charts 2 and 4."""

    ZERO = "zero"
    LOW = "low"
    LOW_MEDIUM = "low-medium"
    MEDIUM = "medium"
    HIGH = "high"


class NoScoreReason(Enum):
    """Why NEWS2 is refused although the values are charted."""

    UNDER_16 = "under_16"
    PREGNANT = "pregnant"


class Score(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """NEWS2 of a set. `total` is null when incomplete or refused; `lower_bound` is the sum of what is there.

    `band` is the band of the total, or of the lower bound when incomplete (then it is a lower bound, too).
    `sub_scores` has the parameters that could be scored.
    """

    total: Annotated[int, Meta(ge=0, le=20)] | None = None
    lower_bound: Annotated[int, Meta(ge=0, le=20)] = 0
    sub_scores: dict[str, Annotated[int, Meta(ge=0, le=3)]] = {}
    single_3: bool = False
    band: Band | None = None
    spo2_scale: Annotated[int, Meta(ge=1, le=2)] = 1
    missing: list[Parameter] = []
    no_score: NoScoreReason | None = None


class VitalSignsRow(Row, kw_only=True):
    """A charted set with its score; the original stays when a correction supersedes it.

    `observed_at` is corrected by the tablet's clock offset and never later than `received_at`; `flags` say what a
    person reviews (`late`, `future_time`, `implausible`, `same_time`, `after_departure`, `out_of_scope`, …);
    `invalid` lists device values outside the hard bounds, kept and not scored.
    """

    type_name = "vital_signs"
    rank = 5

    entry_id: Id
    stay_id: Id
    observed_at: Instant
    recorded_at: Instant
    received_at: Instant
    author_staff_id: Id
    values: VitalSigns
    score: Score
    flags: list[Flag] = []
    invalid: list[Parameter] = []
    supersedes: Id | None = None
    superseded_by: Id | None = None
    correction_reason: Line | None = None
    entered_in_error: bool = False


class PauseReason(Enum):
    """Why a patient is not observed here for now."""

    THEATRE = "theatre"
    IMAGING = "imaging"
    LEAVE = "leave"
    OTHER = "other"


class ObservationDutyRow(Row, kw_only=True):
    """How a stay is observed; its id is the stay's. Every stay has an open observation task or a pause or stop here.

    `interval_band`: the band while a person set the interval; a longer one holds only while the band is no worse.
    """

    type_name = "observation_duty"
    rank = 3

    stay_id: Id
    spo2_scale: int = 1
    scale_prescriber: Line | None = None
    scale_reason: Line | None = None
    scale_target: Line | None = None
    scale_set_at: Instant | None = None
    scale_conflict: bool = False
    interval_minutes: int | None = None
    interval_by_staff_id: Id | None = None
    interval_reason: Line | None = None
    interval_band: Band | None = None
    pause_reason: PauseReason | None = None
    paused_at: Instant | None = None
    paused_by_staff_id: Id | None = None
    expected_return_at: Instant | None = None
    stopped: bool = False
    response_modified: bool = False
    stop_prescriber: Line | None = None
    stop_reason: Line | None = None
    review_at: Instant | None = None


class VitalSignsCharted(Body, kw_only=True):
    """A set at the bedside. `acting` is "I am acting on this score"; `already_escalated` may be said of a set older
    than 10 min; `monitor_attached` answers the question at NEWS2 >= 7; `spo2_scale_used` is the scale of the score that
    the author saw: the server flags `scale_differs` when another was in force.
    """

    type_name = "vital_signs_charted"

    stay_id: Id
    values: VitalSigns
    acting: bool = False
    already_escalated: bool = False
    monitor_attached: bool | None = None
    spo2_scale_used: Annotated[int, Meta(ge=1, le=2)] | None = None


class VitalSignsCorrected(Body, kw_only=True):
    """A correction supersedes an earlier set, with a reason; `values` null strikes it out as entered in error."""

    type_name = "vital_signs_corrected"

    stay_id: Id
    corrects: Id
    reason: Line
    values: VitalSigns | None = None


class Spo2ScaleSet(Body, kw_only=True):
    """SpO2 scale 2 by a named prescriber with target and reason, or back to scale 1; it rescores nothing earlier."""

    type_name = "spo2_scale_set"

    stay_id: Id
    scale: Annotated[int, Meta(ge=1, le=2)]
    prescriber: Line
    reason: Line
    target: Line | None = None


class ObservationIntervalSet(Body, kw_only=True):
    """A registered nurse shortens the interval, or lengthens it with a reason; null returns to the score's."""

    type_name = "observation_interval_set"

    stay_id: Id
    interval_minutes: Annotated[int, Meta(ge=5, le=24 * 60)] | None
    reason: Line | None = None


class ObservationsPaused(Body, kw_only=True):
    """The patient is away; observation duty pauses until the expected return."""

    type_name = "observations_paused"

    stay_id: Id
    reason: PauseReason
    expected_return_at: Instant


class ObservationsResumed(Body, kw_only=True):
    """The patient is back, or observations start again; a set is due."""

    type_name = "observations_resumed"

    stay_id: Id


class ObservationsStopped(Body, kw_only=True):
    """Dying patients: stopped, or only the response modified, by a named prescriber with a review time."""

    type_name = "observations_stopped"

    stay_id: Id
    prescriber: Line
    reason: Line
    review_at: Instant
    response_modified_only: bool = False
