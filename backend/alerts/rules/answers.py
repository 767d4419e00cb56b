"""What people answer: accept, decline, snooze, and what their tablets report (rules 3, 4, 5, 8)."""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from backend.alerts.rules.alert import FINAL, Alert, active, ended, was_asked
from backend.alerts.rules.asking import (
    armed,
    ask,
    asked_beside,
    climb,
    climbed,
    with_clock,
    with_row,
)
from backend.alerts.rules.ladder import attend_limit, going, next_step, reopened_above
from backend.alerts.rules.people import Moment, cannot_be_reached, skip_reason, unavailable
from backend.alerts.rules.timing import class_policy, time_out
from backend.staff.rules import Person
from shared_schemas.alerts import (
    AlertClass,
    AlertState,
    AlertStep,
    DeclineReason,
    ReceiptKind,
    Step,
    StepEnd,
)
from shared_schemas.flags import Flag

# Flags of an answer that is kept but changes nothing.
MUST_NAME = Flag.LAST_PERSON_MUST_NAME
NO_SNOOZE = Flag.SNOOZE_NOT_ALLOWED
SNOOZE_OVER = Flag.SNOOZE_OVER_ON_ARRIVAL


def _hers(alert: Alert, staff_id: str) -> AlertStep | None:
    rows = [row for row in alert.steps if row.staff_id == staff_id and was_asked(row)]
    return rows[-1] if rows else None


def _answered(alert: Alert, staff_id: str, at: datetime, why: StepEnd, now: datetime, **fields: Any) -> Alert:
    """Her last row answered (the first answer stays), or a row of her own when she answers without being asked."""
    row = _hers(alert, staff_id)
    if row is None:
        step = alert.step
        return with_row(alert, step, staff_id, began_at=at, answered_at=at, ended_at=now, why_ended=why, **fields)
    new = replace(
        row,
        answered_at=row.answered_at or at,
        ended_at=row.ended_at or now,
        why_ended=why if row.ended_at is None or why is StepEnd.DECLINED else row.why_ended,
        **fields,
    )
    return replace(alert, steps=tuple(new if r.step_id == row.step_id else r for r in alert.steps))


def accept(alert: Alert, staff_id: str, at: datetime, moment: Moment) -> Alert:
    """Answer "I am going": the first stops the climb, later ones are recorded, from the act on (rules 3, 8).

    One whose attend limit passed on its way is recorded, and nobody waits for it: whoever is asked stays asked; where
    nobody else is, one step above the accepter is.
    """
    since_at = max(at, alert.began_at)
    over = attend_limit(alert, since_at, moment) <= moment.now
    waits = alert.state is AlertState.SNOOZED or (alert.state is AlertState.OPEN and asked_beside(alert, staff_id))
    if alert.state not in (AlertState.OPEN, AlertState.SNOOZED) or (over and waits):
        return armed(_answered(alert, staff_id, at, StepEnd.ANSWERED, moment.now), moment)
    alert = _answered(alert, staff_id, at, StepEnd.ACCEPTED, moment.now)
    alert = replace(alert, steps=ended(alert, StepEnd.ANSWERED, moment.now))
    if over:
        return reopened_above(replace(alert, accepted_by_staff_id=staff_id), moment)
    return going(alert, staff_id, since_at, moment)


def must_name(alert: Alert, staff_id: str, moment: Moment, named_staff_id: str | None = None) -> bool:
    """True when nobody but her is left to be asked about a red: she can only accept or name who will (rule 4).

    Whom she named, and who can not take it, counts for nobody.
    """
    if alert.alert_class is not AlertClass.RED or asked_beside(alert, staff_id, named_staff_id):
        return False
    return climbed(alert, next_step(alert, moment), moment) is None


def decline(
    alert: Alert,
    staff_id: str,
    reason: DeclineReason,
    named: Person | None,
    at: datetime,
    moment: Moment,
) -> tuple[Alert, Flag | None]:
    """Answer "I can not go": move on at once, to the named person if she can take it (rules 1, 7).

    A flag: she stays asked, because nobody else is left.
    """
    named_staff_id = named.staff_id if named else None
    fields = {"decline_reason": reason, "named_staff_id": named_staff_id}
    if named_staff_id == staff_id:
        named = None
    row = _hers(alert, staff_id)
    if alert.state is AlertState.ACCEPTED and alert.accepted_by_staff_id == staff_id:
        given_up = _answered(alert, staff_id, at, StepEnd.DECLINED, moment.now, **fields)
        again = reopened_above(given_up, moment)
        return armed(_named(again, row.step if row else again.step, named, moment)[0], moment), None
    if alert.state is not AlertState.OPEN:
        return _answered(alert, staff_id, at, StepEnd.ANSWERED, moment.now, **fields), None
    step = row.step if row else alert.step
    told, takes_it = _named(alert, step, named, moment)
    if not takes_it and must_name(told, staff_id, moment, named_staff_id):
        return armed(told, moment), MUST_NAME
    at_pointer = row is not None and row.ended_at is None and row.round >= alert.climb_from_round
    alert = _answered(alert, staff_id, at, StepEnd.DECLINED, moment.now, **fields)
    others = asked_beside(alert, staff_id, named_staff_id)
    alert, _ = _named(alert, step, named, moment)
    if takes_it or others or not at_pointer:
        return armed(alert, moment), None
    return climb(alert, next_step(alert, moment), moment, at_once=False), None


def _named(alert: Alert, step: Step, named: Person | None, moment: Moment) -> tuple[Alert, bool]:
    """Ask the person whom the decliner named, with the time-out of the decliner's step, or record why not (rule 1).

    Also whether she takes it. Who cannot be reached is asked and does not, so that the next is asked too (rule 7).
    """
    if named is None:
        return alert, False
    running = active(alert)
    hers_runs = any(row.staff_id == named.staff_id for row in running)
    reason = unavailable(named) if hers_runs else skip_reason(alert, named, set(), forgiving=False)
    if reason is not None:
        now = moment.now
        return with_row(alert, step, named.staff_id, began_at=now, ended_at=now, why_ended=reason), False
    takes_it = not cannot_be_reached(named, moment.policy, moment.now)
    if hers_runs:
        return alert, takes_it
    wait = time_out(alert.alert_class, step, moment)
    alert = ask(alert, step, named.staff_id, wait, moment)
    return alert if running else with_clock(alert, alert.step, wait, moment), takes_it


def snooze(alert: Alert, staff_id: str, minutes: int, at: datetime, moment: Moment) -> tuple[Alert, Flag | None]:
    """Put off within the limits of the class, never past the next due; else a flag and no effect (rule 5)."""
    values = class_policy(alert.alert_class, moment)
    if alert.state is not AlertState.OPEN or alert.snoozes >= values.snoozes:
        return alert, NO_SNOOZE
    until = at + timedelta(minutes=min(minutes, values.snooze_minutes))
    if alert.next_due_at is not None:
        until = min(until, alert.next_due_at)
    if until <= moment.now:
        return alert, SNOOZE_OVER
    alert = _answered(alert, staff_id, at, StepEnd.SNOOZED, moment.now)
    alert = replace(
        alert,
        steps=ended(alert, StepEnd.SNOOZED, moment.now),
        state=AlertState.SNOOZED,
        snoozed_until_at=until,
        snoozes=alert.snoozes + 1,
    )
    return armed(alert, moment), None


def received(alert: Alert, step_id: str, kind: ReceiptKind, at: datetime, moment: Moment) -> Alert:
    """A tablet showed or opened the asking: it is not silent, but nothing stops (rules 6, 7). The first stays."""

    def marked(row: AlertStep) -> AlertStep:
        if row.step_id != step_id:
            return row
        seen_at = min(max(at, row.began_at), moment.now)
        opened = seen_at if kind is ReceiptKind.OPENED else None
        return replace(row, shown_at=row.shown_at or seen_at, opened_at=row.opened_at or opened)

    steps = tuple(marked(row) for row in alert.steps)
    if steps == alert.steps or alert.state in FINAL:
        return replace(alert, steps=steps)
    return armed(replace(alert, steps=steps), moment)
