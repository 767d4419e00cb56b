"""Sets that reached the server after their patient had left, until somebody who leads the unit has seen them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0130_late_sets"
DDL = """
create table late_set (
    entry_id uuid constraint late_set_pk primary key
        constraint late_set_set references vital_signs on delete restrict,
    unit_id uuid not null constraint late_set_unit references unit on delete restrict,
    seen_by_staff_id uuid constraint late_set_seen_by references staff_member on delete restrict,
    closed_at timestamptz,
    version bigint not null default 1,
    constraint late_set_seen check (seen_by_staff_id is null or closed_at is not null)
);
create index late_set_open on late_set (unit_id) where closed_at is null;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
