"""Vital signs with their score, the SpO2 scale's settings, observation duty, and open response episodes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0090_vitals"
DDL = """
create table vital_signs (
    entry_id uuid constraint vital_signs_pk primary key,
    stay_id uuid not null constraint vital_signs_stay references stay on delete restrict,
    observed_at timestamptz not null,
    recorded_at timestamptz not null,
    received_at timestamptz not null,
    author_staff_id uuid not null constraint vital_signs_author references staff_member on delete restrict,
    respiratory_rate_per_min integer
        constraint vital_signs_respiration check (respiratory_rate_per_min between 0 and 999),
    spo2_percent integer constraint vital_signs_spo2 check (spo2_percent between 0 and 999),
    on_oxygen boolean,
    oxygen_device text,
    oxygen_flow_tenths_l_per_min integer
        constraint vital_signs_flow check (oxygen_flow_tenths_l_per_min between 0 and 999),
    fio2_percent integer constraint vital_signs_fio2 check (fio2_percent between 21 and 100),
    systolic_mmhg integer constraint vital_signs_systolic check (systolic_mmhg between 0 and 999),
    diastolic_mmhg integer constraint vital_signs_diastolic check (diastolic_mmhg between 0 and 999),
    pulse_per_min integer constraint vital_signs_pulse check (pulse_per_min between 0 and 999),
    consciousness text constraint vital_signs_consciousness check (consciousness in ('A', 'C', 'V', 'P', 'U')),
    temperature_tenths_c integer constraint vital_signs_temperature check (temperature_tenths_c between 0 and 1200),
    temperature_as_measured jsonb,
    not_done jsonb not null default '[]',
    confirmed text[] not null default '{}',
    source text not null constraint vital_signs_source check (source in ('nurse', 'device')),
    total integer constraint vital_signs_total check (total between 0 and 20),
    lower_bound integer not null constraint vital_signs_lower_bound check (lower_bound between 0 and 20),
    sub_scores jsonb not null default '{}',
    single_3 boolean not null,
    band text constraint vital_signs_band check (band in ('zero', 'low', 'low-medium', 'medium', 'high')),
    spo2_scale integer not null constraint vital_signs_scale check (spo2_scale in (1, 2)),
    missing text[] not null default '{}',
    no_score text constraint vital_signs_no_score check (no_score in ('under_16', 'pregnant')),
    complete boolean not null,
    interval_band text constraint vital_signs_interval_band
        check (interval_band in ('zero', 'low', 'low-medium', 'medium', 'high')),
    flags text[] not null default '{}',
    invalid text[] not null default '{}',
    supersedes uuid constraint vital_signs_supersedes references vital_signs on delete restrict,
    superseded_by uuid constraint vital_signs_superseded_by references vital_signs on delete restrict
        deferrable initially deferred,
    correction_reason text,
    entered_in_error boolean not null default false,
    monitor_attached boolean,
    version bigint not null default 1,
    constraint vital_signs_score check (total is null or total = lower_bound),
    constraint vital_signs_refused check (no_score is null or (total is null and band is null))
);
create index vital_signs_valid on vital_signs (stay_id, observed_at desc)
    where superseded_by is null and not entered_in_error;
create table spo2_scale_setting (
    entry_id uuid constraint spo2_scale_setting_pk primary key,
    stay_id uuid not null constraint spo2_scale_setting_stay references stay on delete restrict,
    from_at timestamptz not null,
    received_at timestamptz not null,
    scale integer not null constraint spo2_scale_setting_scale check (scale in (1, 2)),
    conflict boolean not null,
    prescriber text not null,
    reason text not null,
    target text,
    author_staff_id uuid not null constraint spo2_scale_setting_author references staff_member on delete restrict,
    constraint spo2_scale_setting_target check (scale = 1 or target is not null)
);
create index spo2_scale_setting_of_stay on spo2_scale_setting (stay_id, from_at);
create table observation_duty (
    stay_id uuid constraint observation_duty_pk primary key
        constraint observation_duty_stay references stay on delete restrict,
    arrived_at timestamptz not null,
    spo2_scale integer not null default 1,
    scale_prescriber text,
    scale_reason text,
    scale_target text,
    scale_set_at timestamptz,
    scale_conflict boolean not null default false,
    scale_version bigint,
    scale_told_at timestamptz,
    interval_minutes integer constraint observation_duty_minutes check (interval_minutes > 0),
    interval_by_staff_id uuid constraint observation_duty_by references staff_member on delete restrict,
    interval_reason text,
    interval_band text,
    interval_version bigint,
    interval_told_at timestamptz,
    pause_reason text,
    paused_at timestamptz,
    paused_by_staff_id uuid constraint observation_duty_paused_by references staff_member on delete restrict,
    expected_return_at timestamptz,
    stopped boolean not null default false,
    response_modified boolean not null default false,
    stop_prescriber text,
    stop_reason text,
    review_at timestamptz,
    review_task_id uuid,
    said_at timestamptz,
    version bigint not null default 1,
    constraint observation_duty_scale check (spo2_scale in (1, 2)),
    constraint observation_duty_pause check ((paused_at is null) = (expected_return_at is null))
);
create index observation_duty_returns on observation_duty (expected_return_at) where paused_at is not null;
create table response_episode (
    task_id uuid constraint response_episode_pk primary key
        constraint response_episode_task references task on delete restrict,
    band text not null constraint response_episode_band
        check (band in ('zero', 'low', 'low-medium', 'medium', 'high')),
    figure integer not null,
    threes text[] not null,
    unobtainable text[] not null
);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
