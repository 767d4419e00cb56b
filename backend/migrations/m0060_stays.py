"""Patients, stays and beds in use: the exclusion constraints make two patients in one bed impossible."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0060_stays"
DDL = """
create table patient (
    patient_id uuid constraint patient_pk primary key,
    name text not null,
    lang text not null,
    sex text not null constraint patient_sex check (sex in ('female', 'male', 'other', 'unknown')),
    born_on date not null,
    identifier text not null,
    version bigint not null default 1
);
create index patient_identifier on patient (identifier);

create table stay (
    stay_id uuid constraint stay_pk primary key,
    patient_id uuid not null constraint stay_patient references patient on delete restrict,
    unit_id uuid not null constraint stay_unit references unit on delete restrict,
    bed_id uuid constraint stay_bed references bed on delete restrict,
    admitted_at timestamptz not null,
    arrived_at timestamptz not null,
    departure_planned_at timestamptz,
    departed_at timestamptz,
    pregnant boolean not null,
    isolation boolean not null,
    owner_staff_id uuid constraint stay_owner references staff_member on delete restrict,
    offered_to_staff_id uuid constraint stay_offered_to references staff_member on delete restrict,
    offered_at timestamptz,
    note text,
    note_by_staff_id uuid constraint stay_note_by references staff_member on delete restrict,
    note_at timestamptz,
    moved_from_unit_id uuid constraint stay_moved_from references unit on delete restrict,
    settled_at timestamptz,
    exited_at timestamptz,
    version bigint not null default 1,
    placed_version bigint not null default 1,
    details_version bigint not null default 1,
    constraint stay_interval check (departed_at >= admitted_at),
    constraint stay_offer check ((offered_at is null) = (offered_to_staff_id is null)),
    constraint stay_one_a_patient exclude using gist (patient_id with =, tstzrange(admitted_at, departed_at) with &&)
);
create index stay_present on stay (unit_id) where departed_at is null;
create index stay_to_settle on stay (departed_at) where departed_at is not null and settled_at is null;
create index stay_to_exit on stay (departed_at) where settled_at is not null and exited_at is null;
create index stay_offers on stay (offered_at) where offered_at is not null and departed_at is null;

create table bed_stay (
    bed_stay_id uuid constraint bed_stay_pk primary key default uuidv7(),
    bed_id uuid not null constraint bed_stay_bed references bed on delete restrict,
    stay_id uuid not null constraint bed_stay_stay references stay on delete restrict,
    from_at timestamptz not null,
    to_at timestamptz,
    constraint bed_stay_interval check (to_at >= from_at),
    constraint bed_stay_one_a_bed exclude using gist (bed_id with =, tstzrange(from_at, to_at) with &&),
    constraint bed_stay_one_a_stay exclude using gist (stay_id with =, tstzrange(from_at, to_at) with &&)
);

create table bed_nurse (
    bed_id uuid constraint bed_nurse_pk primary key constraint bed_nurse_bed references bed on delete restrict,
    staff_id uuid not null constraint bed_nurse_staff references staff_member on delete restrict,
    since_at timestamptz not null
);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
