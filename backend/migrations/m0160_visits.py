"""Home care: the kind of a unit, homes, visits and their notes, who is asked first about a visit, and the SOS."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0160_visits"
DDL = """
alter table unit add column kind text not null default 'ward' constraint unit_kind check (kind in ('ward', 'home'));

alter table task drop constraint task_kind;
alter table task add constraint task_kind
    check (kind in ('observation', 'response', 'turning', 'round', 'home_visit', 'other'));

alter table alert alter column stay_id drop not null;
alter table alert add column assignee_staff_id uuid
    constraint alert_assignee references staff_member on delete restrict;
alter table alert add column raised_by_staff_id uuid
    constraint alert_raised_by references staff_member on delete restrict;
alter table alert add column visit_id uuid;
alter table alert add constraint alert_of_somebody
    check ((stay_id is null) = (cause = 'sos') and (raised_by_staff_id is not null) = (cause = 'sos'));

create table home (
    stay_id uuid constraint home_pk primary key constraint home_stay references stay on delete restrict,
    address text not null,
    way_in text,
    phone text,
    described_at timestamptz not null,
    described_by_staff_id uuid not null constraint home_described_by references staff_member on delete restrict,
    version bigint not null default 1
);

create table visit (
    visit_id uuid constraint visit_pk primary key,
    stay_id uuid not null constraint visit_stay references stay on delete restrict,
    kind text not null constraint visit_kind check (kind in ('visit', 'call')),
    state text not null
        constraint visit_state check (state in ('planned', 'started', 'ended', 'not_done', 'cancelled')),
    window_from_at timestamptz not null,
    window_to_at timestamptz not null,
    plan text,
    bring text[] not null default '{}',
    staff_id uuid constraint visit_staff references staff_member on delete restrict,
    planned_by_staff_id uuid not null constraint visit_planned_by references staff_member on delete restrict,
    planned_at timestamptz not null,
    started jsonb,
    ended jsonb,
    reason text,
    reason_text text,
    closed_at timestamptz,
    closed_by_staff_id uuid constraint visit_closed_by references staff_member on delete restrict,
    flags text[] not null default '{}',
    assigned_version bigint not null default 1,
    window_version bigint not null default 1,
    version bigint not null default 1,
    constraint visit_window check (window_from_at <= window_to_at),
    constraint visit_took_place check ((ended is not null) = (state = 'ended')
        and (started is not null or state <> 'started')),
    constraint visit_closed check ((closed_at is not null) = (state in ('not_done', 'cancelled')))
);
create index visit_open on visit (stay_id) where state in ('planned', 'started');

create table visit_note (
    visit_id uuid constraint visit_note_pk primary key constraint visit_note_visit references visit on delete restrict,
    stay_id uuid not null constraint visit_note_stay references stay on delete restrict,
    text text,
    author_staff_id uuid constraint visit_note_author references staff_member on delete restrict,
    written_at timestamptz,
    signature jsonb,
    addenda jsonb not null default '[]',
    version bigint not null default 1
);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
