"""Up to which change each feed may be pruned, and the index by which old deliveries are found."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0110_pruning"
DDL = """
create table feed_mark (
    feed_id text constraint feed_mark_pk primary key
        constraint feed_mark_feed references feed on delete restrict,
    seq bigint not null,
    marked_at timestamptz not null
);
create index feed_mark_at on feed_mark (marked_at);
create index delivery_done_at on delivery (done_at) where done_at is not null;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
