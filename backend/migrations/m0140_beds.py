"""Beds: what was marked of them, who reserved them, and when their last patient left."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0140_beds"
# A bed in use before this step has no `bed_use` until it is left again: nothing was marked then either.
DDL = """
alter table stay add column bed_since_at timestamptz;
update stay s set bed_since_at = b.from_at from bed_stay b
where b.stay_id = s.stay_id and b.bed_id = s.bed_id and b.to_at is null;

create table bed_use (
    bed_id uuid constraint bed_use_pk primary key constraint bed_use_bed references bed on delete restrict,
    freed_at timestamptz,
    version bigint not null default 1
);

create table bed_status (
    bed_id uuid constraint bed_status_pk primary key constraint bed_status_bed references bed on delete restrict,
    mark_id uuid not null,
    readiness text not null
        constraint bed_status_readiness check (readiness in ('closed', 'blocked', 'dirty', 'cleaning', 'clean')),
    marked_at timestamptz not null,
    marked_by_staff_id uuid not null constraint bed_status_by references staff_member on delete restrict,
    reason text,
    version bigint not null default 1
);

create table bed_mark (
    mark_id uuid constraint bed_mark_pk primary key,
    bed_id uuid not null constraint bed_mark_bed references bed on delete restrict,
    readiness text not null
        constraint bed_mark_readiness check (readiness in ('closed', 'blocked', 'dirty', 'cleaning', 'clean')),
    observed_at timestamptz not null,
    received_at timestamptz not null,
    author_staff_id uuid not null constraint bed_mark_author references staff_member on delete restrict,
    reason text,
    applied boolean not null
);

create table bed_reservation (
    reservation_id uuid constraint bed_reservation_pk primary key,
    bed_id uuid not null constraint bed_reservation_bed references bed on delete restrict,
    for_stay_id uuid,
    text text,
    reserved_at timestamptz not null,
    reserved_by_staff_id uuid not null constraint bed_reservation_by references staff_member on delete restrict,
    from_at timestamptz not null,
    until_at timestamptz not null,
    ended_at timestamptz,
    ended_by uuid,
    overtaken_at timestamptz,
    overtaken_by uuid,
    version bigint not null default 1,
    constraint bed_reservation_interval check (until_at > from_at),
    constraint bed_reservation_ended check (ended_at >= from_at),
    constraint bed_reservation_whom check (for_stay_id is not null or text is not null),
    constraint bed_reservation_one_a_bed
        exclude using gist (bed_id with =, tstzrange(from_at, coalesce(ended_at, until_at)) with &&)
);
create index bed_reservation_open on bed_reservation (until_at) where ended_at is null;
create index bed_reservation_of_entry on bed_reservation (ended_by) where ended_by is not null;
create index bed_reservation_overtaken on bed_reservation (overtaken_by) where overtaken_by is not null;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
