"""Alerts, their rows of proof, the outbox of deliveries, push subscriptions, and when tablets may sound."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.migrations import step

ID = "m0070_alerts"
DDL = """
create table alert (
    alert_id uuid constraint alert_pk primary key,
    stay_id uuid not null constraint alert_stay references stay on delete restrict,
    unit_id uuid not null constraint alert_unit references unit on delete restrict,
    owner_staff_id uuid constraint alert_owner references staff_member on delete restrict,
    alert_class text not null constraint alert_alert_class check (alert_class in ('red', 'amber', 'plain')),
    cause text not null,
    cause_id uuid not null,
    state text not null
        constraint alert_state check (state in ('open', 'snoozed', 'accepted', 'resolved', 'withdrawn')),
    began_at timestamptz not null,
    round integer not null,
    step text not null,
    text_key text not null,
    text_params jsonb not null,
    policy_version integer not null,
    next_at timestamptz,
    accepted_by_staff_id uuid constraint alert_accepted_by references staff_member on delete restrict,
    attend_by_at timestamptz,
    snoozed_until_at timestamptz,
    snoozes integer not null,
    ended_at timestamptz,
    ended_why text,
    follows_alert_id uuid constraint alert_follows references alert on delete restrict,
    outside_sent_at timestamptz,
    next_due_at timestamptz,
    clock_from_at timestamptz,
    clock_until_at timestamptz,
    top_rounds integer not null,
    hidden_at timestamptz,
    version bigint not null,
    constraint alert_goes_on check ((next_at is null) = (state in ('resolved', 'withdrawn'))),
    constraint alert_red_never_snoozed check (not (alert_class = 'red' and state = 'snoozed')),
    constraint alert_accepted check ((accepted_by_staff_id is not null) or state <> 'accepted')
);
create unique index alert_one_a_cause on alert (cause, cause_id) where next_at is not null;
create index alert_of_cause on alert (cause, cause_id);
create index alert_due on alert (next_at) where next_at is not null;
create index alert_of_stay on alert (stay_id) where next_at is not null;
create index alert_shown on alert (ended_at) where ended_at is not null and hidden_at is null;

create table alert_step (
    step_id uuid constraint alert_step_pk primary key,
    alert_id uuid not null constraint alert_step_alert references alert on delete restrict,
    place integer not null,
    round integer not null,
    step text not null
        constraint alert_step_step check (step in ('assignee', 'buddy', 'charge', 'duty', 'outside')),
    staff_id uuid constraint alert_step_staff references staff_member on delete restrict,
    began_at timestamptz not null,
    times_out_at timestamptz,
    sent_at timestamptz,
    shown_at timestamptz,
    opened_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    why_ended text,
    decline_reason text,
    named_staff_id uuid constraint alert_step_named references staff_member on delete restrict,
    constraint alert_step_once unique nulls not distinct (alert_id, round, step, staff_id),
    constraint alert_step_place unique (alert_id, place)
);
create index alert_step_asked on alert_step (staff_id) where ended_at is null;

create table push_subscription (
    device_id uuid constraint push_subscription_pk primary key
        constraint push_subscription_device references device on delete restrict,
    endpoint text not null constraint push_subscription_endpoint unique,
    p256dh bytea not null constraint push_subscription_p256dh check (length(p256dh) = 65),
    auth bytea not null constraint push_subscription_auth check (length(auth) = 16),
    lang text not null,
    saved_at timestamptz not null,
    alarm text
);

create table delivery (
    delivery_id uuid constraint delivery_pk primary key default uuidv7(),
    channel text not null constraint delivery_channel check (channel in ('ring', 'push', 'outside', 'test')),
    step_id uuid constraint delivery_step references alert_step on delete restrict,
    staff_id uuid,
    device_id uuid,
    sound text not null,
    made_at timestamptz not null,
    ready_at timestamptz not null,
    locked_until timestamptz,
    attempts integer not null default 0,
    done_at timestamptz,
    outcome text,
    told_by_step_id uuid,
    constraint delivery_names_its_step check (step_id is not null or channel = 'test'),
    constraint delivery_done check ((done_at is null) = (outcome is null))
);
create index delivery_ready on delivery (ready_at) where done_at is null;
create index delivery_of_step on delivery (step_id);
create index delivery_told_by on delivery (told_by_step_id) where told_by_step_id is not null;

create table notice_sound (
    staff_id uuid constraint notice_sound_pk primary key
        constraint notice_sound_staff references staff_member on delete restrict,
    free_at timestamptz not null
);
"""


async def forwards() -> MigrationManager:
    """Piccolo calls it."""
    return step(ID, DDL)
