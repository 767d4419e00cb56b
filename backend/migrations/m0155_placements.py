"""Every placement of a stay is kept, so that the latest can be cancelled and what was is restored."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0155_placements"
DDL = """
alter table stay add column entered_in_error boolean not null default false,
    add column placed_entry_id uuid, add column placed_how text, add column placed_at timestamptz;
alter table bed_stay add column entry_id uuid, add column ended_by uuid,
    add column entered_in_error boolean not null default false;
create index bed_stay_of_stay on bed_stay (stay_id);

create table placement (
    placement_id bigint generated always as identity constraint placement_pk primary key,
    entry_id uuid not null,
    stay_id uuid not null constraint placement_stay references stay on delete restrict,
    how text not null
        constraint placement_how check (how in ('admission', 'transfer', 'bed', 'swap', 'discharge')),
    observed_at timestamptz not null,
    made_at timestamptz not null,
    owner_staff_id uuid,
    from_unit_id uuid,
    from_bed_id uuid,
    from_owner_staff_id uuid,
    from_arrived_at timestamptz,
    from_moved_from_unit_id uuid,
    cancelled_by uuid,
    cancelled_at timestamptz
);
create index placement_of_stay on placement (stay_id, placement_id);
create index placement_of_entry on placement (entry_id);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
