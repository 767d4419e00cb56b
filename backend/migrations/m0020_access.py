"""Tablets, people, their roles and sessions, and where every stay was when."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0020_access"
DDL = """
create table staff_member (
    staff_id uuid constraint staff_member_pk primary key,
    name text not null,
    lang text not null,
    ui_lang text not null,
    active boolean not null default true,
    pin_hash text,
    version bigint not null default 1
);
create table staff_grant (
    staff_grant_id uuid constraint staff_grant_pk primary key default uuidv7(),
    staff_id uuid not null constraint staff_grant_staff references staff_member on delete restrict,
    unit_id uuid not null constraint staff_grant_unit references unit on delete restrict,
    role text not null,
    from_at timestamptz not null,
    to_at timestamptz
);
create index staff_grant_of_staff on staff_grant (staff_id);
create table pairing_code (
    code_hash bytea constraint pairing_code_pk primary key,
    unit_id uuid not null constraint pairing_code_unit references unit on delete restrict,
    expires_at timestamptz not null,
    uses_left integer not null constraint pairing_code_uses check (uses_left >= 0)
);
create table device (
    device_id uuid constraint device_pk primary key,
    unit_id uuid not null constraint device_unit references unit on delete restrict,
    name text not null,
    token_hash bytea not null constraint device_token unique,
    paired_at timestamptz not null,
    revoked_at timestamptz,
    contact_at timestamptz not null,
    shown_contact_at timestamptz,
    outbox_depth bigint not null default 0,
    last_n bigint not null default 0,
    row_version bigint not null default 0,
    push_works boolean
) with (fillfactor = 70);
create index device_of_unit on device (unit_id);
create table session (
    session_id uuid constraint session_pk primary key,
    device_id uuid not null constraint session_device references device on delete restrict,
    staff_id uuid not null constraint session_staff references staff_member on delete restrict,
    session_key bytea not null constraint session_key_length check (length(session_key) = 32),
    opened_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
create index session_of_device on session (device_id);
create index session_of_staff on session (staff_id);
create table pin_failure (
    pin_failure_id uuid constraint pin_failure_pk primary key default uuidv7(),
    device_id uuid not null constraint pin_failure_device references device on delete restrict,
    staff_id uuid not null,
    failures integer not null,
    wait_until_at timestamptz not null,
    constraint pin_failure_of_pair unique (device_id, staff_id)
);
create table stay_scope (
    stay_scope_id uuid constraint stay_scope_pk primary key default uuidv7(),
    stay_id uuid not null,
    unit_id uuid not null constraint stay_scope_unit references unit on delete restrict,
    from_at timestamptz not null,
    to_at timestamptz
);
create index stay_scope_of_stay on stay_scope (stay_id, from_at);
create unique index stay_scope_one_open on stay_scope (stay_id) where to_at is null;
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
