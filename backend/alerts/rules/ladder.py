"""What time does to an alert: it begins, climbs, falls silent, repeats, reopens, resumes (rules 2, 3, 5, 7, 9, 12)."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from backend.alerts.rules.alert import FINAL, Alert, active, ended, in_new_round, this_climb, was_asked
from backend.alerts.rules.asking import (
    armed,
    ask_top,
    climb,
    climbed,
    look_for_newcomers,
    with_clock,
    with_row,
)
from backend.alerts.rules.people import Moment, person_at, step_of
from backend.alerts.rules.timing import (
    class_policy,
    repeat_after,
    step_above,
    time_out,
    top_step,
)
from shared_schemas.alerts import AlertState, Step, StepEnd


def begin(alert: Alert, moment: Moment, accepted_by_staff_id: str | None = None) -> Alert:
    """Ask the first person; or start `accepted` by the author of the set who is acting (rule 2)."""
    if accepted_by_staff_id is None:
        return climb(alert, Step.ASSIGNEE, moment, at_once=True)
    return acting(alert, accepted_by_staff_id, moment)


def acting(alert: Alert, staff_id: str, moment: Moment) -> Alert:
    """The author of the set has it from the start, and a row of proof says so (rules 2, 15)."""
    step, now = step_of(moment.ladder, staff_id) or Step.ASSIGNEE, moment.now
    alert = replace(alert, step=step)
    answered = {"began_at": now, "answered_at": now, "ended_at": now, "why_ended": StepEnd.ACCEPTED}
    return going(with_row(alert, step, staff_id, **answered), staff_id, now, moment)


def attend_limit(alert: Alert, at: datetime, moment: Moment) -> datetime:
    """Until when an outcome is expected of who said at `at` that she goes (rule 3)."""
    return at + timedelta(minutes=class_policy(alert.alert_class, moment).attend_minutes)


def going(alert: Alert, staff_id: str, at: datetime, moment: Moment) -> Alert:
    """Somebody is on her way since `at`: the climb stops until the attend limit (rule 3)."""
    alert = replace(
        alert,
        state=AlertState.ACCEPTED,
        accepted_by_staff_id=staff_id,
        attend_by_at=attend_limit(alert, at, moment),
        snoozed_until_at=None,
    )
    return armed(alert, moment)


def wake(alert: Alert, moment: Moment) -> Alert:
    """What the ladder does at this instant; nothing when it is not due.

    1. Missed by more than the policy's downtime: the step resumes, nothing is replayed (rule 12).
    2. A snooze ends: the same step asks again. 3. The attend limit: one step above the accepter.
    4. The step's clock ran out: the next step. 5. The tablets are silent: the next step early.
    """
    if alert.state in FINAL or alert.next_at is None or moment.now < alert.next_at:
        return alert
    late = moment.now - alert.next_at > timedelta(seconds=moment.policy.downtime_after_s)
    if late and (alert.state is AlertState.ACCEPTED or active(alert)):
        return resumed(alert, moment)
    if alert.state is AlertState.SNOOZED:
        return snooze_ended(alert, moment)
    if alert.state is AlertState.ACCEPTED:
        return reopened_above(alert, moment)
    if alert.clock_until_at is None or moment.now >= alert.clock_until_at:
        return timed_out(alert, moment)
    return fell_silent(alert, moment)


def reopened(alert: Alert) -> Alert:
    """The alert open again in a new round, with nobody asked yet."""
    return replace(
        in_new_round(alert),
        state=AlertState.OPEN,
        accepted_by_staff_id=None,
        attend_by_at=None,
        snoozed_until_at=None,
        top_rounds=0,
    )


def snooze_ended(alert: Alert, moment: Moment) -> Alert:
    """The step that was put off asks again (rule 5)."""
    return climb(reopened(alert), alert.step, moment, at_once=True)


def reopened_above(alert: Alert, moment: Moment) -> Alert:
    """Ask one step above the accepter (rule 3); from the bottom when she is not on the ladder and nobody was asked."""
    accepter = alert.accepted_by_staff_id or ""
    standing = step_of(moment.ladder, accepter)
    asked = [row.step for row in alert.steps if row.staff_id == accepter and was_asked(row)]
    owner = person_at(moment.ladder, Step.ASSIGNEE)
    owner_was_asked = owner is None or any(row.staff_id == owner.staff_id and was_asked(row) for row in alert.steps)
    if standing is None and not owner_was_asked:
        first = Step.ASSIGNEE
    else:
        below = standing or (asked[-1] if asked else alert.step)
        first = step_above(below, top_step(alert.alert_class, moment))
    return climb(reopened(alert), first, moment, {accepter}, at_once=True)


def timed_out(alert: Alert, moment: Moment) -> Alert:
    """The turn of those asked is over; they keep the alert, and the next person is asked."""
    top = top_step(alert.alert_class, moment)
    if alert.step is top and top is Step.CHARGE:
        return look_for_newcomers(alert, moment)
    alert = replace(alert, steps=ended(alert, StepEnd.TIMED_OUT, moment.now))
    if alert.step is top:
        return ask_top(alert, moment)
    return climb(alert, next_step(alert, moment), moment, at_once=False)


def next_step(alert: Alert, moment: Moment) -> Step:
    """The step after this one; the assignee's own again while she was not asked in this round (rule 6)."""
    owner = person_at(moment.ladder, Step.ASSIGNEE)
    if alert.step is Step.ASSIGNEE and owner is not None:
        asked = {row.staff_id for row in this_climb(alert)}
        if owner.staff_id not in asked:
            return Step.ASSIGNEE
    return step_above(alert.step, top_step(alert.alert_class, moment))


def fell_silent(alert: Alert, moment: Moment) -> Alert:
    """The next step begins early, the first stays open (rule 7); with nobody above, its clock runs on."""
    silent = {row.staff_id for row in active(alert) if row.step is alert.step and row.staff_id}
    alert = replace(alert, steps=ended(alert, StepEnd.SILENT, moment.now, silent))
    found = climbed(alert, next_step(alert, moment), moment)
    return found if found is not None else armed(alert, moment)


def resumed(alert: Alert, moment: Moment) -> Alert:
    """After downtime: the same step with its clock restarted, asked again; no missed step is replayed (rule 12)."""
    if alert.state is AlertState.ACCEPTED:
        return going(alert, alert.accepted_by_staff_id or "", moment.now, moment)
    top = top_step(alert.alert_class, moment)
    wait = (
        repeat_after(alert.alert_class, moment)
        if alert.step is top
        else time_out(alert.alert_class, alert.step, moment)
    )
    rows = tuple(
        replace(row, times_out_at=moment.now + wait, sent_at=None) if was_asked(row) and row.ended_at is None else row
        for row in alert.steps
    )
    return armed(with_clock(replace(alert, steps=rows), alert.step, wait, moment), moment)
