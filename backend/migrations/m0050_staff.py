"""Turns of duty: one open turn a person and unit, one charge nurse and one on call a unit."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0050_staff"
DDL = """
create table duty (
    duty_id uuid constraint duty_pk primary key,
    staff_id uuid not null constraint duty_staff references staff_member on delete restrict,
    unit_id uuid not null constraint duty_unit references unit on delete restrict,
    post text not null constraint duty_post check (post in ('nurse', 'assistant', 'charge', 'on_call')),
    bed_ids uuid[] not null default '{}',
    buddy_staff_id uuid constraint duty_buddy references staff_member on delete restrict,
    receiver_staff_id uuid constraint duty_receiver references staff_member on delete restrict,
    started_at timestamptz not null,
    ended_at timestamptz,
    break_started_at timestamptz,
    break_until_at timestamptz,
    post_since_at timestamptz not null,
    hidden_at timestamptz,
    version bigint not null default 1,
    constraint duty_interval check (ended_at >= started_at)
);
create unique index duty_one_open on duty (unit_id, staff_id) where ended_at is null;
create unique index duty_one_leader on duty (unit_id, post) where ended_at is null and post in ('charge', 'on_call');
create index duty_recent on duty (unit_id, ended_at);
create index duty_shown on duty (ended_at) where hidden_at is null;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
