"""Planned care for the tests of rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

from backend.tasks.rules.precedence import (
    Said,
)
from backend.tasks.rules.task import PlannedTask, Task, born
from shared_schemas.policy import default_policy
from shared_schemas.tasks import CareKind, Cause, CauseType, NotDoneCareReason

NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
POLICY = default_policy()
CAUSE = Cause(cause_type=CauseType.ENTRY, cause_id="0" * 36, text_key="cause.by_hand")
ANNA, BORIS = Said("anna", NOW), Said("boris", NOW + MINUTE)
REFUSED = NotDoneCareReason.REFUSED


def planned(kind: CareKind = CareKind.OTHER, due_at: datetime = NOW, **fields: Any) -> Task:
    return born(PlannedTask(stay_id="stay", kind=kind, cause=CAUSE, due_at=due_at, text_key="x", **fields), POLICY, NOW)


def slot(due_at: datetime = NOW, minutes: int = 120) -> Task:
    return planned(
        CareKind.TURNING,
        due_at,
        interval_minutes=minutes,
        slot_of="turning",
        next_slot_at=due_at + minutes * MINUTE,
    )
