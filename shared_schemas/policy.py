"""The policy of a unit as versioned data: values marked † in the escalation rules, day and night apart."""

from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from shared_schemas.base import Id, Instant, Minutes, Row
from shared_schemas.places import UnitKind

Seconds = Annotated[int, Meta(ge=1, le=24 * 3600)]


class ClassPolicy(Struct, forbid_unknown_fields=True, kw_only=True):
    """Time-outs in minutes of the three steps below duty, attend limit, snoozes, the silence that skips a tablet."""

    assignee_minutes: Minutes
    buddy_minutes: Minutes
    charge_minutes: Minutes
    attend_minutes: Minutes
    silent_after_s: Seconds
    climbs_to_duty: bool
    repeat_minutes: Minutes | None
    snoozes: Annotated[int, Meta(ge=0, le=5)]
    snooze_minutes: Minutes


class CarePolicy(Struct, forbid_unknown_fields=True, kw_only=True):
    """When care is due soon (before due) and overdue (after due), and its standard minutes."""

    due_soon_minutes: Minutes
    grace_minutes: Minutes
    standard_minutes: Minutes


class ObservationPolicy(Struct, forbid_unknown_fields=True, kw_only=True):
    """Intervals in minutes by NEWS2 band, and the edges of observation duty."""

    interval_minutes: dict[str, Minutes]
    first_set_minutes: Minutes
    early_hours: int
    early_longest_minutes: Minutes
    no_score_minutes: Minutes
    late_alert_hours: int
    back_dated_minutes: Minutes
    sleep_skips_zero: bool


class Policy(Struct, forbid_unknown_fields=True, kw_only=True):
    """All settings of a unit. They await sign-off by the hospital's clinical safety officer."""

    version: int
    night_from: Annotated[str, Meta(pattern="^[0-2][0-9]:[0-5][0-9]$(?!\\n)")]
    night_until: Annotated[str, Meta(pattern="^[0-2][0-9]:[0-5][0-9]$(?!\\n)")]
    classes: dict[str, ClassPolicy]
    plain_night: ClassPolicy
    care: dict[str, CarePolicy]
    frequent_observation: CarePolicy
    observation: ObservationPolicy
    outside_after_rounds: int
    storm_count: int
    storm_window_s: Seconds
    no_contact_minutes: Minutes
    handover_minutes: Minutes
    sound_gap_s: Seconds
    downtime_after_s: Seconds
    # Minutes of care due in an hour from which the board says "over" (docs/escalation.md, the head nurse's board).
    load_over_minutes: Minutes = 50


class PolicyRow(Row, kw_only=True):
    """The policy in force in a unit (unit feed)."""

    type_name = "policy"
    rank = 0

    unit_id: Id
    effective_at: Instant
    policy: Policy


@cache
def default_policy(kind: UnitKind = UnitKind.WARD) -> Policy:
    """The policy of a unit that has set none: `reference/escalation.json`, with its sources there."""
    reference = msgspec.json.decode((Path(__file__).parent / "reference" / "escalation.json").read_bytes())
    policy = reference["policy"]
    if kind is UnitKind.HOME:
        policy["classes"]["plain"] |= reference["home"]["plain"]
        policy["plain_night"] |= reference["home"]["plain_night"]
    return msgspec.convert(policy, Policy)
