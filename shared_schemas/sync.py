"""Held entries, their resolutions and loss incidents, as rows of the unit feed."""

from enum import Enum

from shared_schemas.base import Body, Id, Instant, Line, Row
from shared_schemas.wire import HeldReason


class Resolution(Enum):
    """A person's answer to a held entry."""

    REAPPLIED = "reapplied"
    RESENT = "resent"
    HANDED_OVER = "handed_over"
    DISCARDED = "discarded"


class HeldEntryRow(Row, kw_only=True):
    """An entry that waits for an answer; `body` is kept byte for byte on the server and not sent here."""

    type_name = "held_entry"
    rank = 6

    held_entry_id: Id
    device_id: Id
    entry_type: str
    reason: HeldReason
    detail: str = ""
    stay_id: Id | None = None
    author_staff_id: Id | None = None
    recorded_at: Instant | None = None
    held_at: Instant
    resolution: Resolution | None = None
    resolved_by_staff_id: Id | None = None
    resolved_at: Instant | None = None


class LossIncidentRow(Row, kw_only=True):
    """A gap in a device's dense counter: entries `first_n`..`last_n` never arrived.

    It closes when they come after all, or when who leads the unit has looked into it (`closed_by_staff_id`).
    """

    type_name = "loss_incident"
    rank = 6

    incident_id: Id
    device_id: Id
    first_n: int
    last_n: int
    after_at: Instant | None = None
    before_at: Instant | None = None
    noticed_at: Instant
    closed_at: Instant | None = None
    closed_by_staff_id: Id | None = None


class LossIncidentSeen(Body, kw_only=True):
    """Who leads the unit has asked who charted then, and what never arrived is written again or not needed."""

    type_name = "loss_incident_seen"

    incident_id: Id


class HeldEntryResolved(Body, kw_only=True):
    """The answer to a held entry: apply again, sent again as `replaced_by`, handed to the charge nurse, discarded."""

    type_name = "held_entry_resolved"

    held_entry_id: Id
    resolution: Resolution
    reason: Line | None = None
    replaced_by: Id | None = None
