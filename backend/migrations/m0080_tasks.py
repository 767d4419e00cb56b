"""Care tasks and recurring care: one open observation and one open response episode a stay."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0080_tasks"
DDL = """
create table recurring_care (
    recurring_care_id uuid constraint recurring_care_pk primary key,
    stay_id uuid not null constraint recurring_care_stay references stay on delete restrict,
    template_id uuid not null,
    kind text not null,
    text_key text not null,
    interval_minutes integer not null constraint recurring_care_minutes check (interval_minutes > 0),
    started_at timestamptz not null,
    stopped_at timestamptz,
    version bigint not null default 1
);
create index recurring_care_running on recurring_care (stay_id) where stopped_at is null;

create table task (
    task_id uuid constraint task_pk primary key,
    stay_id uuid not null constraint task_stay references stay on delete restrict,
    kind text not null constraint task_kind
        check (kind in ('observation', 'response', 'turning', 'round', 'other')),
    state text not null constraint task_state
        check (state in ('ready', 'accepted', 'on-hold', 'failed', 'completed', 'cancelled')),
    text text,
    text_key text,
    text_params jsonb not null default '{}',
    cause jsonb not null,
    planned_at timestamptz not null,
    due_at timestamptz not null,
    due_soon_at timestamptz not null,
    overdue_at timestamptz not null,
    interval_minutes integer,
    standard_minutes integer not null,
    owner_staff_id uuid constraint task_owner references staff_member on delete restrict,
    next_slot_at timestamptz,
    slot_of uuid constraint task_slot_of references recurring_care on delete restrict,
    missing text[] not null default '{}',
    response jsonb,
    ended_at timestamptz,
    ended_by_staff_id uuid constraint task_ended_by references staff_member on delete restrict,
    also_done_by_staff_ids uuid[] not null default '{}',
    reason text,
    reason_text text,
    flags text[] not null default '{}',
    overdue_class text not null constraint task_overdue_class check (overdue_class in ('amber', 'plain')),
    open boolean not null generated always as (state in ('ready', 'accepted', 'on-hold')) stored,
    alerted_at timestamptz,
    version bigint not null default 1,
    constraint task_slot check ((slot_of is null) = (next_slot_at is null)),
    constraint task_text check (text is not null or text_key is not null),
    constraint task_instants check (due_soon_at <= due_at and due_at <= overdue_at)
);
create index task_open on task (stay_id) where open;
create unique index task_one_observation on task (stay_id) where open and kind = 'observation';
create unique index task_one_response on task (stay_id) where open and kind = 'response';
create unique index task_one_slot on task (slot_of, due_at) where open and slot_of is not null;
create index task_to_alert on task (overdue_at) where open and alerted_at is null and kind <> 'response';
create index task_slots on task (next_slot_at) where open and next_slot_at is not null;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
