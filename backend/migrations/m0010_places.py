"""The hospital, its units with their policies, and beds."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0010_places"
DDL = """
create table hospital (
    hospital_id uuid constraint hospital_pk primary key,
    name text not null
);
create table unit (
    unit_id uuid constraint unit_pk primary key,
    hospital_id uuid not null constraint unit_hospital references hospital on delete restrict,
    name text not null,
    time_zone text not null,
    lang text not null,
    rapid_response_phone text not null,
    version bigint not null default 1
);
create table bed (
    bed_id uuid constraint bed_pk primary key,
    unit_id uuid not null constraint bed_unit references unit on delete restrict,
    bay text not null,
    label text not null,
    position integer not null,
    constraint bed_label unique (unit_id, bay, label)
);
create table unit_policy (
    unit_policy_id uuid constraint unit_policy_pk primary key default uuidv7(),
    unit_id uuid not null constraint unit_policy_unit references unit on delete restrict,
    version integer not null,
    effective_at timestamptz not null,
    policy text not null,
    constraint unit_policy_version unique (unit_id, version)
);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
