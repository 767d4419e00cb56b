"""Who gave a patient or a task to somebody, and who sent an alert to her."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0150_assigned"
DDL = """
alter table stay add column assigned_by_staff_id uuid, add column assigned_at timestamptz;
alter table stay add constraint stay_assigned check ((assigned_by_staff_id is null) = (assigned_at is null));
alter table task add column assigned_by_staff_id uuid, add column assigned_at timestamptz;
alter table task add constraint task_assigned check ((assigned_by_staff_id is null) = (assigned_at is null));
alter table alert_step add column sent_by_staff_id uuid;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
