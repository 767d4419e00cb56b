"""Who recorded a swap that somebody else had recorded already may take it back by her own entry."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0210_swaps_recorded_twice"
DDL = """
create table swap_recorded_again (
    entry_id uuid constraint swap_recorded_again_pk primary key,
    placed_entry_id uuid not null
);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
