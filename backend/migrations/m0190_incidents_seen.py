"""Who has looked into records that never arrived."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0190_incidents_seen"
DDL = """
alter table loss_incident add column closed_by_staff_id uuid
    constraint loss_incident_closed_by references staff_member on delete restrict;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
