"""Entries as they arrived, held ones, and gaps in the tablets' counters."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0040_sync"
DDL = """
create table entry (
    entry_id uuid constraint entry_pk primary key,
    device_id uuid not null,
    n bigint not null,
    type text not null,
    v integer not null,
    session_id uuid,
    staff_id uuid,
    stay_id uuid,
    recorded_at timestamptz,
    observed_at timestamptz,
    received_at timestamptz not null,
    payload_hash bytea not null,
    verdict text not null default 'accepted',
    reason text,
    detail text not null default '',
    flags text not null default '',
    original bytea not null
);
create index entry_of_stay on entry (stay_id) where stay_id is not null;
create index entry_of_device on entry (device_id, n);
create table held_entry (
    held_entry_id uuid constraint held_entry_pk primary key,
    device_id uuid not null constraint held_entry_device references device on delete restrict,
    unit_id uuid not null constraint held_entry_unit references unit on delete restrict,
    entry_type text not null,
    reason text not null,
    detail text not null,
    stay_id uuid,
    author_staff_id uuid,
    recorded_at timestamptz,
    held_at timestamptz not null,
    resolution text,
    resolved_by_staff_id uuid,
    resolved_at timestamptz,
    version bigint not null default 1,
    original bytea not null
);
create index held_entry_open on held_entry (unit_id) where resolution is null;
create table loss_incident (
    incident_id uuid constraint loss_incident_pk primary key default uuidv7(),
    device_id uuid not null constraint loss_incident_device references device on delete restrict,
    unit_id uuid not null constraint loss_incident_unit references unit on delete restrict,
    first_n bigint not null,
    last_n bigint not null,
    after_at timestamptz,
    before_at timestamptz,
    noticed_at timestamptz not null,
    closed_at timestamptz,
    version bigint not null default 1,
    constraint loss_incident_span check (first_n <= last_n)
);
create index loss_incident_open on loss_incident (device_id, first_n) where closed_at is null;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
