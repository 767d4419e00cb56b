"""Nobody deletes a feed, so that its changes and rows need no foreign key; and an index that nothing reads goes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0200_feeds_stay"
DDL = """
alter table change drop constraint change_feed;
alter table feed_row drop constraint feed_row_feed;
revoke delete, truncate on feed from wardlight_app;
drop index entry_of_stay;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
