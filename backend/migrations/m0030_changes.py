"""Feeds: dense counters, changes and current rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0030_changes"
DDL = """
create table feed (
    feed_id text constraint feed_pk primary key,
    epoch text not null,
    head bigint not null default 0,
    sum numeric(20) not null default 0
) with (fillfactor = 50);
create table change (
    feed_id text not null constraint change_feed references feed on delete restrict,
    seq bigint not null,
    type text not null,
    id text not null,
    version bigint not null,
    "row" text,
    constraint change_pk primary key (feed_id, seq)
);
create table feed_row (
    feed_id text not null constraint feed_row_feed references feed on delete restrict,
    type text not null,
    id text not null,
    version bigint not null,
    rank smallint not null,
    stay_id text,
    seq bigint not null,
    hash bigint not null,
    "row" text not null,
    constraint feed_row_pk primary key (feed_id, type, id)
) with (fillfactor = 80);
create index feed_row_of_stay on feed_row (feed_id, stay_id) where stay_id is not null;
insert into feed (feed_id, epoch)
values ('reference', encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'));
update feed set epoch = left(epoch, 16);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
