"""Alerts, the ladder of people asked, their answers, and the policy of a unit (docs/escalation.md)."""

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from shared_schemas.base import Body, Id, Instant, Line, Row


class AlertClass(Enum):
    """Red, amber or plain: time-outs, sounds and what may be put off."""

    RED = "red"
    AMBER = "amber"
    PLAIN = "plain"


class AlertState(Enum):
    """`RESOLVED` and `WITHDRAWN` are final; a recurrence is a new alert linked to the old."""

    OPEN = "open"
    SNOOZED = "snoozed"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class AlertCause(Enum):
    """Causes that exist now; the medication conflict and expected-out come with their slices."""

    OVERDUE_TASK = "overdue_task"
    RESPONSE = "response"
    UNOBTAINABLE = "unobtainable"
    SOS = "sos"


class Step(Enum):
    """Who is asked. Home care reads them as nurse, coordinator, on call."""

    ASSIGNEE = "assignee"
    BUDDY = "buddy"
    CHARGE = "charge"
    DUTY = "duty"
    OUTSIDE = "outside"


class StepEnd(Enum):
    """Why a step ended, or why nobody was asked at it."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    SILENT = "silent"
    SNOOZED = "snoozed"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    RAISED = "raised"
    NOBODY = "nobody"
    OFF_DUTY = "off_duty"
    ON_BREAK = "on_break"
    DECLINED_BEFORE = "declined_before"
    ASKED_BEFORE = "asked_before"
    HANDED_OVER = "handed_over"
    RESTARTED = "restarted"


class DeclineReason(Enum):
    """Why a person can not go."""

    WITH_A_PATIENT = "with_a_patient"
    IN_ISOLATION = "in_isolation"
    OFF_THE_WARD = "off_the_ward"
    SOMEONE_THERE = "someone_there"


class AlertStep(Struct, omit_defaults=True, kw_only=True):
    """One row of proof: who was asked in which round and step, what is known of it, and why it ended (rule 15)."""

    step_id: Id
    round: int
    step: Step
    staff_id: Id | None = None
    began_at: Instant
    times_out_at: Instant | None = None
    sent_at: Instant | None = None
    shown_at: Instant | None = None
    opened_at: Instant | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    why_ended: StepEnd | None = None
    decline_reason: DeclineReason | None = None
    named_staff_id: Id | None = None
    sent_by_staff_id: Id | None = None


class AlertRow(Row, kw_only=True):
    """An alert with its ladder (unit feed). One per cause.

    `next_at` is when the server acts next (time-out, attend limit, end of a snooze, repeat). `text_key` and
    `text_params` say what it is about without a patient's name. An SOS is about who raised it and of no stay; its cause
    is that person, `visit_id` the visit during which it was raised; its text's `press` is the entry of her press that
    the server received last.
    """

    type_name = "alert"
    rank = 3

    alert_id: Id
    stay_id: Id | None = None
    alert_class: AlertClass
    cause: AlertCause
    cause_id: Id
    state: AlertState
    began_at: Instant
    round: int
    step: Step
    steps: list[AlertStep]
    text_key: str
    text_params: dict[str, str | int] = {}
    policy_version: int
    next_at: Instant | None = None
    accepted_by_staff_id: Id | None = None
    attend_by_at: Instant | None = None
    snoozed_until_at: Instant | None = None
    snoozes: int = 0
    ended_at: Instant | None = None
    ended_why: str | None = None
    follows_alert_id: Id | None = None
    outside_sent_at: Instant | None = None
    raised_by_staff_id: Id | None = None
    visit_id: Id | None = None


class AlertAccepted(Body, kw_only=True):
    """ "I am going": stops the climb; the first wins, later ones are recorded."""

    type_name = "alert_accepted"

    alert_id: Id


class AlertDeclined(Body, kw_only=True):
    """ "I can not go": moves on at once. The last person asked about a red names who will instead."""

    type_name = "alert_declined"

    alert_id: Id
    reason: DeclineReason
    named_staff_id: Id | None = None


class AlertSent(Body, kw_only=True):
    """Who leads the unit sends an unanswered alert to a person: she is asked now, beside whoever is asked."""

    type_name = "alert_sent"

    alert_id: Id
    to_staff_id: Id


class AlertSnoozed(Body, kw_only=True):
    """Put off by `minutes`: amber once, plain twice, red never."""

    type_name = "alert_snoozed"

    alert_id: Id
    minutes: Annotated[int, Meta(ge=1, le=30)]


class ReceiptKind(Enum):
    """How far an asking came on a tablet."""

    SHOWN = "shown"
    OPENED = "opened"


class Receipt(Struct, forbid_unknown_fields=True, kw_only=True):
    """A tablet's word that an asking was shown or opened; idempotent. Sent to `POST /api/alerts/receipts` as a list."""

    alert_id: Id
    step_id: Id
    kind: ReceiptKind
    at: Instant


class PushKeys(Struct, forbid_unknown_fields=True, kw_only=True):
    """Keys of a push subscription, base64url: a point of P-256 and 16 bytes."""

    p256dh: Annotated[str, Meta(max_length=100)]
    auth: Annotated[str, Meta(max_length=40)]


class PushSubscription(Struct, forbid_unknown_fields=True, kw_only=True):
    """A tablet's push subscription, as the browser gives it; saved by `PUT /api/alerts/push-subscription`.

    Without `lang` the language stays as it was: a service worker that renews it does not know the screen's.
    """

    endpoint: Annotated[str, Meta(max_length=2000)]
    keys: PushKeys
    lang: Annotated[str, Meta(pattern="^[a-z]{2}$(?!\\n)")] | None = None


class TabletRow(Row, kw_only=True):
    """A tablet's contact, so that silence is a dead tablet and not a calm ward (unit feed)."""

    type_name = "tablet"
    rank = 6

    device_id: Id
    name: Line
    staff_ids: list[Id]
    contact_at: Instant | None = None
    outbox_depth: int = 0
    push_works: bool | None = None
