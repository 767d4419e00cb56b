"""Time-outs, limits, night and sounds by class (the table of classes; rules 3, 5, 7, 9, 10)."""

from datetime import datetime, time, timedelta

from backend.alerts.rules.alert import Alert, active
from backend.alerts.rules.people import ORDER, Moment
from shared_schemas.alerts import AlertClass, AlertState, Step
from shared_schemas.policy import ClassPolicy, Policy

# An alert that nobody can be asked about is looked at again this often, so that who comes on duty is asked.
LOOK_AGAIN = timedelta(minutes=1)
SEVERITY = {AlertClass.PLAIN: 0, AlertClass.AMBER: 1, AlertClass.RED: 2}


def is_night(policy: Policy, local: time) -> bool:
    """Rule 10: the unit's night, which may pass midnight; its first minute is night, its last is day."""
    start, end = time.fromisoformat(policy.night_from), time.fromisoformat(policy.night_until)
    return start <= local < end if start <= end else local >= start or local < end


def class_policy(alert_class: AlertClass, moment: Moment) -> ClassPolicy:
    """The values of a class; night changes plain only (rule 10)."""
    if alert_class is AlertClass.PLAIN and moment.night:
        return moment.policy.plain_night
    return moment.policy.classes[alert_class.value]


def top_step(alert_class: AlertClass, moment: Moment) -> Step:
    """The highest step of a class: plain stays at the charge nurse."""
    return Step.DUTY if class_policy(alert_class, moment).climbs_to_duty else Step.CHARGE


def steps_from(first: Step, top: Step) -> tuple[Step, ...]:
    """The steps from one to another, both included."""
    return ORDER[ORDER.index(first) : ORDER.index(top) + 1]


def step_above(step: Step, top: Step) -> Step:
    """The next step up; the top is its own next."""
    return ORDER[min(ORDER.index(step) + 1, ORDER.index(top))]


def repeat_after(alert_class: AlertClass, moment: Moment) -> timedelta:
    """How long the top waits before it asks again (rule 9); plain looks for a new charge nurse at her time-out."""
    values = class_policy(alert_class, moment)
    minutes = values.charge_minutes if values.repeat_minutes is None else values.repeat_minutes
    return timedelta(minutes=minutes)


def time_out(alert_class: AlertClass, step: Step, moment: Moment) -> timedelta:
    """How long one person has before the next is asked."""
    values = class_policy(alert_class, moment)
    minutes = {
        Step.ASSIGNEE: values.assignee_minutes,
        Step.BUDDY: values.buddy_minutes,
        Step.CHARGE: values.charge_minutes,
    }.get(step)
    return repeat_after(alert_class, moment) if minutes is None else timedelta(minutes=minutes)


def silent_at(alert: Alert, moment: Moment) -> datetime | None:
    """When the tablets of the person asked count as silent (rule 7); None at the top, or once one showed it."""
    if alert.step is top_step(alert.alert_class, moment) or alert.clock_from_at is None:
        return None
    asked = [row for row in active(alert) if row.round >= alert.climb_from_round and row.step is alert.step]
    if not asked or any(row.shown_at or row.answered_at for row in asked):
        return None
    # Who was handed the alert while its clock ran has her own time to show it.
    since_at = max(alert.clock_from_at, *(row.began_at for row in asked))
    return since_at + timedelta(seconds=class_policy(alert.alert_class, moment).silent_after_s)


def next_instant(alert: Alert, moment: Moment) -> datetime | None:
    """When the ladder acts next; an alert that is not ended always has such an instant."""
    if alert.state is AlertState.ACCEPTED:
        return alert.attend_by_at
    if alert.state is AlertState.SNOOZED:
        return alert.snoozed_until_at
    if alert.state is AlertState.OPEN:
        instants = [alert.clock_until_at, silent_at(alert, moment)]
        return min(instant for instant in instants if instant)
    return None


def sound(alert_class: AlertClass, round_no: int, step: Step, *, night: bool) -> str:
    """`ring`, `tone`, `vibrate` or `silent`.

    Red rings at each step, day and night; amber has one tone a step; plain vibrates at the first step by day.
    """
    if alert_class is AlertClass.RED:
        return "ring"
    if alert_class is AlertClass.AMBER:
        return "tone"
    return "vibrate" if not night and round_no == 1 and step is Step.ASSIGNEE else "silent"
