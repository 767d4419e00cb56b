"""An alert as the rules see it: the tablet's row and what only the server needs, never changed in place."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from shared_schemas.alerts import AlertCause, AlertClass, AlertRow, AlertState, AlertStep, Step, StepEnd
from shared_schemas.base import Id

# Rows that say why nobody was asked at a step; nobody answers them.
SKIPS = {
    StepEnd.NOBODY,
    StepEnd.OFF_DUTY,
    StepEnd.ON_BREAK,
    StepEnd.DECLINED_BEFORE,
    StepEnd.ASKED_BEFORE,
}
# A red that nobody answers for an hour has 80 rows; the ladder of six rounds says what a nurse must know.
ROWS_ON_A_TABLET = 24
FINAL = {AlertState.RESOLVED, AlertState.WITHDRAWN}
# Namespace of ids that follow from what they name, so that a repeated act makes the same row and no second one.
NAMES = uuid.UUID("6d2c6a5e-6f0c-5a57-9a43-5b1f6a2e9b10")


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of `AlertRow` and what only the server needs.

    That is: the unit that is asked and the owner of the stay when it was last looked at, who is asked in her place (the
    nurse of a visit), the clock of the step it stands at, the next due instant that limits a snooze, the rounds at the
    top so far, and the round in which this climb began: a second row of one step opens a round (rule 15), and who was
    asked in the climb stays asked.
    """

    alert_id: Id
    stay_id: Id | None = None
    alert_class: AlertClass
    cause: AlertCause
    cause_id: Id
    state: AlertState
    began_at: datetime
    round: int
    step: Step
    steps: tuple[AlertStep, ...] = ()
    text_key: str
    text_params: dict[str, str | int] = {}
    policy_version: int
    next_at: datetime | None = None
    accepted_by_staff_id: Id | None = None
    attend_by_at: datetime | None = None
    snoozed_until_at: datetime | None = None
    snoozes: int = 0
    ended_at: datetime | None = None
    ended_why: str | None = None
    follows_alert_id: Id | None = None
    outside_sent_at: datetime | None = None
    raised_by_staff_id: Id | None = None
    visit_id: Id | None = None
    unit_id: Id
    owner_staff_id: Id | None = None
    assignee_staff_id: Id | None = None
    next_due_at: datetime | None = None
    clock_from_at: datetime | None = None
    clock_until_at: datetime | None = None
    top_rounds: int = 0
    climb_from_round: int = 1
    version: int = 0


def alert_id_of(cause: AlertCause, cause_id: str, earlier: int) -> str:
    """The id of the alert about a cause that has raised `earlier` alerts before: the same for every worker."""
    return str(uuid.uuid5(NAMES, f"{cause.value}/{cause_id}/{earlier}"))


def step_id_of(alert_id: str, round_no: int, step: Step, staff_id: str | None) -> str:
    """The id of a row of proof: one per (alert, round, step), and its person in the name (rule 15)."""
    return str(uuid.uuid5(NAMES, f"{alert_id}/{round_no}/{step.value}/{staff_id}"))


def row_of(alert: Alert) -> AlertRow:
    """The alert as tablets keep it: the latest rows of proof, for a red that nobody answers repeats for hours."""
    fields: dict[str, Any] = {name: getattr(alert, name) for name in AlertRow.__struct_fields__}
    fields["steps"] = list(alert.steps[-ROWS_ON_A_TABLET:])
    return AlertRow(**fields)


def this_climb(alert: Alert) -> list[AlertStep]:
    """Rows of proof of the climb that runs."""
    return [row for row in alert.steps if row.round >= alert.climb_from_round]


def in_new_round(alert: Alert) -> Alert:
    """The alert where a climb begins anew."""
    return msgspec.structs.replace(alert, round=alert.round + 1, climb_from_round=alert.round + 1)


def was_asked(row: AlertStep) -> bool:
    """True when the row is an asking and not a skip or the outside channel."""
    return row.staff_id is not None and row.why_ended not in SKIPS


def active(alert: Alert) -> list[AlertStep]:
    """Askings whose turn is not over."""
    return [row for row in alert.steps if was_asked(row) and row.ended_at is None]


def asked_ever(alert: Alert) -> set[str]:
    """Everyone who was asked at any time; they keep the alert until it is answered (rule 1)."""
    return {row.staff_id for row in alert.steps if row.staff_id and was_asked(row)}


def declined(alert: Alert) -> set[str]:
    """People who said that they can not go, and were not asked again since."""
    last: dict[str, StepEnd | None] = {}
    for row in alert.steps:
        if row.staff_id and was_asked(row):
            last[row.staff_id] = row.why_ended
    return {staff_id for staff_id, why in last.items() if why is StepEnd.DECLINED}


def ended(alert: Alert, why: StepEnd, now: datetime, only: set[str] | None = None) -> tuple[AlertStep, ...]:
    """The rows with every running turn (of `only` these people) ended for one reason."""
    return tuple(
        msgspec.structs.replace(row, ended_at=now, why_ended=why)
        if was_asked(row) and row.ended_at is None and (only is None or row.staff_id in only)
        else row
        for row in alert.steps
    )
