"""Alerts and what is proven and sent of them, as they are stored."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from backend.access.tables import Device, StaffMember
from backend.db import DB
from backend.places.tables import Unit
from backend.stays.tables import Stay


class Alert(Table, tablename="alert", db=DB):
    """One alert a cause. `next_at` is null when it is over; the clock is that of the step it stands at."""

    alert_id = UUID(primary_key=True, default=None)
    stay_id = ForeignKey(Stay, null=True, default=None, on_delete=OnDelete.restrict)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    owner_staff_id = UUID(null=True, default=None)
    assignee_staff_id = UUID(null=True, default=None)
    raised_by_staff_id = UUID(null=True, default=None)
    visit_id = UUID(null=True, default=None)
    alert_class = Text(default=None)
    cause = Text(default=None)
    cause_id = UUID(default=None)
    state = Text(default=None)
    began_at = Timestamptz(default=None)
    round = Integer(default=None)
    step = Text(default=None)
    text_key = Text(default=None)
    text_params = JSONB(default=None)
    policy_version = Integer(default=None)
    next_at = Timestamptz(null=True, default=None)
    accepted_by_staff_id = UUID(null=True, default=None)
    attend_by_at = Timestamptz(null=True, default=None)
    snoozed_until_at = Timestamptz(null=True, default=None)
    snoozes = Integer(default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_why = Text(null=True, default=None)
    follows_alert_id = UUID(null=True, default=None)
    outside_sent_at = Timestamptz(null=True, default=None)
    next_due_at = Timestamptz(null=True, default=None)
    clock_from_at = Timestamptz(null=True, default=None)
    clock_until_at = Timestamptz(null=True, default=None)
    top_rounds = Integer(default=None)
    climb_from_round = Integer(default=None)
    hidden_at = Timestamptz(null=True, default=None)
    version = BigInt(default=None)


class AlertStep(Table, tablename="alert_step", db=DB):
    """A row of proof; `place` is its order within the alert."""

    step_id = UUID(primary_key=True, default=None)
    alert_id = ForeignKey(Alert, null=False, on_delete=OnDelete.restrict)
    place = Integer(default=None)
    round = Integer(default=None)
    step = Text(default=None)
    staff_id = UUID(null=True, default=None)
    began_at = Timestamptz(default=None)
    times_out_at = Timestamptz(null=True, default=None)
    sent_at = Timestamptz(null=True, default=None)
    shown_at = Timestamptz(null=True, default=None)
    opened_at = Timestamptz(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    why_ended = Text(null=True, default=None)
    decline_reason = Text(null=True, default=None)
    named_staff_id = UUID(null=True, default=None)
    sent_by_staff_id = UUID(null=True, default=None)


class PushSubscription(Table, tablename="push_subscription", db=DB):
    """Where a tablet is pushed. `alarm`: the push service refuses us, a person must look; never deleted for that."""

    device_id = ForeignKey(Device, primary_key=True, null=False, on_delete=OnDelete.restrict)
    endpoint = Text(default=None)
    p256dh = Bytea(default=None)
    auth = Bytea(default=None)
    lang = Text(default=None)
    saved_at = Timestamptz(default=None)
    alarm = Text(null=True, default=None)


class Delivery(Table, tablename="delivery", db=DB):
    """The outbox: one thing to send, leased until `locked_until`, sent at least once. `outcome` says how it ended.

    `told_by_step_id`: the step named by the notice that told of this one too, so that its receipt counts for both.
    """

    delivery_id = UUID(primary_key=True, default=None)
    channel = Text(default=None)
    step_id = UUID(null=True, default=None)
    staff_id = UUID(null=True, default=None)
    device_id = UUID(null=True, default=None)
    sound = Text(default=None)
    made_at = Timestamptz(default=None)
    ready_at = Timestamptz(default=None)
    locked_until = Timestamptz(null=True, default=None)
    attempts = Integer(default=0)
    done_at = Timestamptz(null=True, default=None)
    outcome = Text(null=True, default=None)
    told_by_step_id = UUID(null=True, default=None)


class NoticeSound(Table, tablename="notice_sound", db=DB):
    """When a person's tablets may sound again (rule 11)."""

    staff_id = ForeignKey(StaffMember, primary_key=True, null=False, on_delete=OnDelete.restrict)
    free_at = Timestamptz(default=None)
