"""Who declined the last offer of a stay, and when, until its nurse has taken note."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0145_declined_offers"
DDL = """
alter table stay add column declined_by_staff_id uuid, add column declined_at timestamptz;
alter table stay add constraint stay_declined check ((declined_by_staff_id is null) = (declined_at is null));
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
