"""Sets and observation duty as they are kept: one field a column, and the rows that tablets see."""

from datetime import datetime
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from backend.vitals.rules.taken import Taken
from shared_schemas.base import Id
from shared_schemas.flags import Flag
from shared_schemas.vitals import (
    Band,
    Consciousness,
    NoScoreReason,
    NotDone,
    ObservationDutyRow,
    OxygenDevice,
    Parameter,
    PauseReason,
    Score,
    Source,
    TemperatureAsMeasured,
    VitalSigns,
    VitalSignsRow,
)


class KeptSet(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A set with its score, never changed but for flags and what supersedes it.

    `complete` and `interval_band` are as in `Taken`.
    """

    entry_id: Id
    stay_id: Id
    observed_at: datetime
    recorded_at: datetime
    received_at: datetime
    author_staff_id: Id
    respiratory_rate_per_min: int | None = None
    spo2_percent: int | None = None
    on_oxygen: bool | None = None
    oxygen_device: OxygenDevice | None = None
    oxygen_flow_tenths_l_per_min: int | None = None
    fio2_percent: int | None = None
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    pulse_per_min: int | None = None
    consciousness: Consciousness | None = None
    temperature_tenths_c: int | None = None
    temperature_as_measured: TemperatureAsMeasured | None = None
    not_done: list[NotDone] = []
    confirmed: list[Parameter] = []
    source: Source = Source.NURSE
    total: int | None = None
    lower_bound: int = 0
    sub_scores: dict[str, int] = {}
    single_3: bool = False
    band: Band | None = None
    spo2_scale: int = 1
    missing: list[Parameter] = []
    no_score: NoScoreReason | None = None
    complete: bool
    interval_band: Band | None = None
    flags: list[Flag] = []
    invalid: list[Parameter] = []
    supersedes: Id | None = None
    superseded_by: Id | None = None
    correction_reason: str | None = None
    entered_in_error: bool = False
    monitor_attached: bool | None = None
    version: int = 1


class KeptDuty(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The fields of `ObservationDutyRow`, and those that only the server needs.

    `arrived_at`: the arrival whose first set is planned. `…_version` and `…_told_at`: the version of this row with the
    last setting, and when the server learned it. `interval_band`: the band while a person set the interval. `said_at`:
    when pause, stop or resumption was true.
    """

    stay_id: Id
    arrived_at: datetime
    spo2_scale: int = 1
    scale_prescriber: str | None = None
    scale_reason: str | None = None
    scale_target: str | None = None
    scale_set_at: datetime | None = None
    scale_conflict: bool = False
    scale_version: int | None = None
    scale_told_at: datetime | None = None
    interval_minutes: int | None = None
    interval_by_staff_id: Id | None = None
    interval_reason: str | None = None
    interval_band: Band | None = None
    interval_version: int | None = None
    interval_told_at: datetime | None = None
    pause_reason: PauseReason | None = None
    paused_at: datetime | None = None
    paused_by_staff_id: Id | None = None
    expected_return_at: datetime | None = None
    stopped: bool = False
    response_modified: bool = False
    stop_prescriber: str | None = None
    stop_reason: str | None = None
    review_at: datetime | None = None
    review_task_id: Id | None = None
    said_at: datetime | None = None
    version: int = 0

    def observes(self, now: datetime) -> bool:
        """Whether sets are due: observations are neither paused nor stopped; a stop holds until its review is due."""
        return self.paused_at is None and not (self.stopped and self._holds(now))

    def responds(self, now: datetime) -> bool:
        """Whether a score asks for a response; a stop and a modified response hold until their review is due."""
        return not ((self.stopped or self.response_modified) and self._holds(now))

    def _holds(self, now: datetime) -> bool:
        return self.review_at is not None and now < self.review_at


_VALUES, _SCORE = VitalSigns.__struct_fields__, Score.__struct_fields__
_OWN = tuple(name for name in VitalSignsRow.__struct_fields__ if name not in ("values", "score"))
_DUTY = ObservationDutyRow.__struct_fields__
_values_in, _score_in, _own_in, _duty_in = (attrgetter(*names) for names in (_VALUES, _SCORE, _OWN, _DUTY))


def values_of(kept: KeptSet) -> VitalSigns:
    """The values as they were charted."""
    return VitalSigns(**dict(zip(_VALUES, _values_in(kept), strict=True)))


def row_of(kept: KeptSet) -> VitalSignsRow:
    """The set as tablets see it."""
    score = Score(**dict(zip(_SCORE, _score_in(kept), strict=True)))
    return VitalSignsRow(values=values_of(kept), score=score, **dict(zip(_OWN, _own_in(kept), strict=True)))


def taken_of(kept: KeptSet) -> Taken:
    """The set as observation duty sees a known one; unobtainable signs spoke when it was charted."""
    return Taken(
        entry_id=kept.entry_id,
        stay_id=kept.stay_id,
        observed_at=kept.observed_at,
        received_at=kept.received_at,
        complete=kept.complete,
        band=kept.band,
        interval_band=kept.interval_band,
        figure=kept.lower_bound,
        threes=frozenset(name for name, points in kept.sub_scores.items() if points == 3),
        missing=tuple(one.value for one in kept.missing),
        no_score=kept.no_score,
    )


def flagged(kept: KeptSet, *flags: Flag) -> KeptSet:
    """The set with these flags beside its own."""
    new = [flag for flag in flags if flag not in kept.flags]
    return replace(kept, flags=[*kept.flags, *new]) if new else kept


def newer(kept: KeptSet) -> KeptSet:
    """The set, one version up."""
    return replace(kept, version=kept.version + 1)


def duty_row_of(duty: KeptDuty) -> ObservationDutyRow:
    """Observation duty as tablets see it."""
    return ObservationDutyRow(**dict(zip(_DUTY, _duty_in(duty), strict=True)))


def resumed(duty: KeptDuty) -> KeptDuty:
    """The duty without pause or stop."""
    return replace(
        returned(duty),
        stopped=False,
        response_modified=False,
        stop_prescriber=None,
        stop_reason=None,
        review_at=None,
        review_task_id=None,
    )


def returned(duty: KeptDuty) -> KeptDuty:
    """The duty without its pause."""
    return replace(duty, pause_reason=None, paused_at=None, paused_by_staff_id=None, expected_return_at=None)
