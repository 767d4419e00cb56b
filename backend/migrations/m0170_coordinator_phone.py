"""Whom an SOS of a home-care team calls by telephone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0170_coordinator_phone"
DDL = "alter table unit add column coordinator_phone text;"


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
