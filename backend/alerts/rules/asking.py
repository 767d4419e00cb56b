"""Rows of proof and the clock: asking a step, climbing until somebody is asked, asking the top (rules 1, 7, 9, 15)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from backend.alerts.rules.alert import (
    SKIPS,
    Alert,
    active,
    asked_ever,
    declined,
    in_new_round,
    step_id_of,
    this_climb,
    was_asked,
)
from backend.alerts.rules.people import (
    Moment,
    Person,
    cannot_be_reached,
    person_at,
    skip_reason,
    somebody_is_there,
    unavailable,
)
from backend.alerts.rules.timing import (
    LOOK_AGAIN,
    next_instant,
    repeat_after,
    steps_from,
    time_out,
    top_step,
)
from shared_schemas.alerts import AlertClass, AlertStep, Step

# Rule 9: the top asks duty, charge and assignee; the buddy too when none of them is there.
TOP = (Step.DUTY, Step.CHARGE, Step.ASSIGNEE)
EVERYBODY = (*TOP, Step.BUDDY)


def armed(alert: Alert, moment: Moment) -> Alert:
    """The alert with the instant at which the ladder acts next."""
    return replace(alert, next_at=next_instant(alert, moment))


def with_clock(alert: Alert, step: Step, wait: timedelta, moment: Moment) -> Alert:
    """The alert at a step whose clock starts now."""
    return replace(alert, step=step, clock_from_at=moment.now, clock_until_at=moment.now + wait)


def with_row(alert: Alert, step: Step, staff_id: str | None, **fields: Any) -> Alert:
    """The alert with one more row of proof.

    A skip or an asking that is there already is not doubled; who answers though she was skipped has a row of her own.
    Another one at a step that has its row in this round opens a new round, because there is one row per (alert, round,
    step), and none is overwritten (rule 15).
    """
    here = [row for row in alert.steps if row.round == alert.round and row.step is step]
    there = next((row for row in here if row.staff_id == staff_id), None)
    if there is not None and (was_asked(there) or fields.get("why_ended") in SKIPS):
        return alert
    if here:
        alert = replace(alert, round=alert.round + 1)
    step_id = step_id_of(alert.alert_id, alert.round, step, staff_id)
    row = AlertStep(step_id=step_id, round=alert.round, step=step, staff_id=staff_id, **fields)
    return replace(alert, steps=(*alert.steps, row))


def ask(alert: Alert, step: Step, staff_id: str, wait: timedelta, moment: Moment) -> Alert:
    """The alert with an asking that begins now."""
    return with_row(alert, step, staff_id, began_at=moment.now, times_out_at=moment.now + wait)


def ask_at(
    alert: Alert, step: Step, moment: Moment, *, passed: set[str], forgiving: bool = False
) -> tuple[Alert, Person | None]:
    """Ask the person of a step, or record why not; the person if asked (rule 1)."""
    person = person_at(moment.ladder, step)
    reason = skip_reason(alert, person, passed, forgiving=forgiving)
    if reason is None and person is not None:
        return ask(alert, step, person.staff_id, time_out(alert.alert_class, step, moment), moment), person
    skipped = with_row(
        alert,
        step,
        person.staff_id if person else None,
        began_at=moment.now,
        ended_at=moment.now,
        why_ended=reason,
    )
    return skipped, None


def climbed(alert: Alert, first: Step, moment: Moment, passed: Iterable[str] = ()) -> Alert | None:
    """Ask the first person there from a step upwards; None when nobody new is left.

    Who cannot be reached is asked, and the next one in parallel (rule 7).
    """
    found = None
    for step in steps_from(first, top_step(alert.alert_class, moment)):
        alert, person = ask_at(alert, step, moment, passed=set(passed))
        if person is None:
            continue
        alert = with_clock(alert, step, time_out(alert.alert_class, step, moment), moment)
        if step is Step.DUTY:
            alert = replace(alert, top_rounds=max(alert.top_rounds, 1))
        found = alert
        if not cannot_be_reached(person, moment.policy, moment.now):
            break
    return armed(alert, moment) if found else None


def climb(alert: Alert, first: Step, moment: Moment, passed: Iterable[str] = (), *, at_once: bool) -> Alert:
    """Ask from a step upwards; when nobody new is left, stand at the top: a red asks everybody again at once.

    `at_once`: the others do so too; else they wait for their repeat.
    """
    found = climbed(alert, first, moment, passed)
    if found is not None:
        return found
    alert = _skips_recorded(alert, first, moment, passed)
    if at_once or alert.alert_class is AlertClass.RED:
        return ask_top(alert, moment)
    alert = with_clock(
        alert,
        top_step(alert.alert_class, moment),
        repeat_after(alert.alert_class, moment) if any(was_asked(row) for row in this_climb(alert)) else LOOK_AGAIN,
        moment,
    )
    return armed(alert, moment)


def _skips_recorded(alert: Alert, first: Step, moment: Moment, passed: Iterable[str]) -> Alert:
    for step in steps_from(first, top_step(alert.alert_class, moment)):
        alert, _ = ask_at(alert, step, moment, passed=set(passed))
    return alert


def ask_top(alert: Alert, moment: Moment) -> Alert:
    """One round of the top (rule 9): duty, charge and assignee together; who declined only if nobody else is there.

    After the policy's rounds a red also goes to the outside channel; at once when there is nobody at all. Nobody there:
    looked at again after a minute, without rows of proof for looking.
    """
    top = top_step(alert.alert_class, moment)
    steps = TOP if top is Step.DUTY else TOP[1:]
    everybody = EVERYBODY if top is Step.DUTY else EVERYBODY[1:]
    there = somebody_is_there(moment, everybody)
    outside = alert.alert_class is AlertClass.RED and _outside_is_due(alert, moment, there=there)
    if not there and not outside:
        return armed(with_clock(alert, top, LOOK_AGAIN, moment), moment)
    base = replace(in_new_round(alert), top_rounds=alert.top_rounds + 1, step=top)
    asked, anybody = _ask_all(base, steps, moment, forgiving=False)
    if not anybody:
        asked, anybody = _ask_all(base, everybody, moment, forgiving=True)
    if outside:
        asked = with_row(asked, Step.OUTSIDE, None, began_at=moment.now)
    wait = repeat_after(alert.alert_class, moment) if anybody else LOOK_AGAIN
    return armed(with_clock(asked, top, wait, moment), moment)


def _ask_all(alert: Alert, steps: tuple[Step, ...], moment: Moment, *, forgiving: bool) -> tuple[Alert, bool]:
    anybody = False
    for step in steps:
        alert, person = ask_at(alert, step, moment, passed=set(), forgiving=forgiving)
        anybody = anybody or person is not None
    return alert, anybody


def _outside_is_due(alert: Alert, moment: Moment, *, there: bool) -> bool:
    sent = [row.began_at for row in alert.steps if row.step is Step.OUTSIDE]
    gap = repeat_after(alert.alert_class, moment)
    if sent and moment.now - max(sent) < gap:
        return False
    return not there or alert.top_rounds >= moment.policy.outside_after_rounds


def look_for_newcomers(alert: Alert, moment: Moment) -> Alert:
    """A plain alert at its top stays with those asked; a charge nurse who was never asked is asked now.

    When everybody who was asked has declined or left, whoever is there is asked again.
    """
    charge = person_at(moment.ladder, Step.CHARGE)
    if charge and unavailable(charge) is None and charge.staff_id not in asked_ever(alert):
        return climb(in_new_round(alert), Step.CHARGE, moment, at_once=True)
    people = [person_at(moment.ladder, step) for step in EVERYBODY[1:]]
    here = {person.staff_id for person in people if person and unavailable(person) is None}
    if here & (asked_ever(alert) - declined(alert)):
        wait = repeat_after(alert.alert_class, moment)
        return armed(with_clock(alert, alert.step, wait, moment), moment)
    return ask_top(alert, moment)


def asked_beside(alert: Alert, *staff_ids: str | None) -> bool:
    """True when somebody but these is being asked in this climb."""
    return any(row.round >= alert.climb_from_round and row.staff_id not in staff_ids for row in active(alert))
