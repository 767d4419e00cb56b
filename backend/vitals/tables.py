"""Vital signs, scale settings, observation duty and response episodes as they are stored."""

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.access.tables import StaffMember
from backend.db import DB
from backend.places.tables import Unit
from backend.stays.tables import Stay
from backend.tasks.tables import Task


class VitalSigns(Table, tablename="vital_signs", db=DB):
    """A set with its score. An unmeasured sign is null, never zero."""

    entry_id = UUID(primary_key=True, default=None)
    stay_id = ForeignKey(Stay, null=False, on_delete=OnDelete.restrict)
    observed_at = Timestamptz(default=None)
    recorded_at = Timestamptz(default=None)
    received_at = Timestamptz(default=None)
    author_staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    respiratory_rate_per_min = Integer(null=True, default=None)
    spo2_percent = Integer(null=True, default=None)
    on_oxygen = Boolean(null=True, default=None)
    oxygen_device = Text(null=True, default=None)
    oxygen_flow_tenths_l_per_min = Integer(null=True, default=None)
    fio2_percent = Integer(null=True, default=None)
    systolic_mmhg = Integer(null=True, default=None)
    diastolic_mmhg = Integer(null=True, default=None)
    pulse_per_min = Integer(null=True, default=None)
    consciousness = Text(null=True, default=None)
    temperature_tenths_c = Integer(null=True, default=None)
    temperature_as_measured = JSONB(null=True, default=None)
    not_done = JSONB(default=None)
    confirmed = Array(base_column=Text(), default=None)
    source = Text(default=None)
    total = Integer(null=True, default=None)
    lower_bound = Integer(default=None)
    sub_scores = JSONB(default=None)
    single_3 = Boolean(default=None)
    band = Text(null=True, default=None)
    spo2_scale = Integer(default=None)
    missing = Array(base_column=Text(), default=None)
    no_score = Text(null=True, default=None)
    complete = Boolean(default=None)
    interval_band = Text(null=True, default=None)
    flags = Array(base_column=Text(), default=None)
    invalid = Array(base_column=Text(), default=None)
    supersedes = UUID(null=True, default=None)
    superseded_by = UUID(null=True, default=None)
    correction_reason = Text(null=True, default=None)
    entered_in_error = Boolean(default=None)
    monitor_attached = Boolean(null=True, default=None)
    version = BigInt(default=1)


class LateSet(Table, tablename="late_set", db=DB):
    """A set that came after its patient had left; closed when somebody has seen it, or another set stands for it."""

    entry_id = ForeignKey(VitalSigns, null=False, primary_key=True, on_delete=OnDelete.restrict)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    seen_by_staff_id = ForeignKey(StaffMember, null=True, default=None, on_delete=OnDelete.restrict)
    closed_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)


class Spo2ScaleSetting(Table, tablename="spo2_scale_setting", db=DB):
    """Who set which SpO2 scale from when, and whether it contradicts one that its author had not seen."""

    entry_id = UUID(primary_key=True, default=None)
    stay_id = ForeignKey(Stay, null=False, on_delete=OnDelete.restrict)
    from_at = Timestamptz(default=None)
    received_at = Timestamptz(default=None)
    scale = Integer(default=None)
    conflict = Boolean(default=None)
    prescriber = Text(default=None)
    reason = Text(default=None)
    target = Text(null=True, default=None)
    author_staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)


class ObservationDuty(Table, tablename="observation_duty", db=DB):
    """How a stay is observed now. `arrived_at`: the arrival for which a first set was planned."""

    stay_id = UUID(primary_key=True, default=None)
    arrived_at = Timestamptz(default=None)
    spo2_scale = Integer(default=1)
    scale_prescriber = Text(null=True, default=None)
    scale_reason = Text(null=True, default=None)
    scale_target = Text(null=True, default=None)
    scale_set_at = Timestamptz(null=True, default=None)
    scale_conflict = Boolean(default=False)
    scale_version = BigInt(null=True, default=None)
    scale_told_at = Timestamptz(null=True, default=None)
    interval_minutes = Integer(null=True, default=None)
    interval_by_staff_id = UUID(null=True, default=None)
    interval_reason = Text(null=True, default=None)
    interval_band = Text(null=True, default=None)
    interval_version = BigInt(null=True, default=None)
    interval_told_at = Timestamptz(null=True, default=None)
    pause_reason = Text(null=True, default=None)
    paused_at = Timestamptz(null=True, default=None)
    paused_by_staff_id = UUID(null=True, default=None)
    expected_return_at = Timestamptz(null=True, default=None)
    stopped = Boolean(default=False)
    response_modified = Boolean(default=False)
    stop_prescriber = Text(null=True, default=None)
    stop_reason = Text(null=True, default=None)
    review_at = Timestamptz(null=True, default=None)
    review_task_id = UUID(null=True, default=None)
    said_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)


class ResponseEpisode(Table, tablename="response_episode", db=DB):
    """The set that alerted last in an open response task (rule 16)."""

    task_id = ForeignKey(Task, null=False, primary_key=True, on_delete=OnDelete.restrict)
    band = Text(default=None)
    figure = Integer(default=None)
    threes = Array(base_column=Text(), default=None)
    unobtainable = Array(base_column=Text(), default=None)
