"""What patient and ward do to an alert: its end, a worse band, handover, leaving, transfer (rules 6, 13, 14)."""

from datetime import datetime

from msgspec.structs import replace

from backend.alerts.rules.alert import FINAL, Alert, active, ended
from backend.alerts.rules.asking import armed, ask, asked_beside, climb, with_clock, with_row
from backend.alerts.rules.ladder import acting, next_step, reopened, snooze_ended
from backend.alerts.rules.people import Moment, is_there, person_at, unavailable
from backend.alerts.rules.timing import SEVERITY, time_out
from shared_schemas.alerts import AlertClass, AlertState, Step, StepEnd


def end(alert: Alert, state: AlertState, why: str, now: datetime) -> Alert:
    """`resolved` or `withdrawn`, for good."""
    if alert.state in FINAL:
        return alert
    reason = StepEnd.ANSWERED if state is AlertState.RESOLVED else StepEnd.WITHDRAWN
    return replace(
        alert,
        state=state,
        steps=ended(alert, reason, now),
        ended_at=now,
        ended_why=why,
        next_at=None,
        snoozed_until_at=None,
        attend_by_at=None,
    )


def worsen(
    alert: Alert,
    alert_class: AlertClass,
    text_key: str,
    text_params: dict[str, str | int],
    moment: Moment,
    accepted_by_staff_id: str | None = None,
) -> Alert:
    """Raise the class and restart at step 1, asking the current accepter first (rule 6); the class never falls.

    One that is over stays over: what is worse then is a new alert. `accepted_by_staff_id`: the author of the worse set
    is acting, so that the alert is hers at once (rule 2).
    """
    if alert.state in FINAL:
        return alert
    accepter = alert.accepted_by_staff_id
    higher = max(alert.alert_class, alert_class, key=SEVERITY.__getitem__)
    alert = replace(alert, steps=ended(alert, StepEnd.RAISED, moment.now))
    alert = replace(reopened(alert), alert_class=higher, text_key=text_key, text_params=text_params, step=Step.ASSIGNEE)
    if accepted_by_staff_id is not None:
        return acting(alert, accepted_by_staff_id, moment)
    if accepter is None or not is_there(moment.ladder, accepter):
        return climb(alert, Step.ASSIGNEE, moment, at_once=True)
    wait = time_out(higher, Step.ASSIGNEE, moment)
    asked = ask(alert, Step.ASSIGNEE, accepter, wait, moment)
    return armed(with_clock(asked, Step.ASSIGNEE, wait, moment), moment)


def retold(alert: Alert, text_params: dict[str, str | int]) -> Alert:
    """The same demand with what is known now; nobody is asked anew."""
    return alert if alert.state in FINAL else replace(alert, text_params=text_params)


def handed_over(alert: Alert, receiver_staff_id: str | None, moment: Moment) -> Alert:
    """The receiver owns the patient now (rule 13). None: nobody owns her, and the clock runs on.

    Red and amber keep their clock and ask her too, if she is there (rule 1); snoozes end, plain restarts.
    """
    alert = replace(alert, owner_staff_id=receiver_staff_id)
    if receiver_staff_id is None:
        return alert
    if alert.state is AlertState.SNOOZED:
        alert = replace(alert, step=Step.ASSIGNEE)
        return snooze_ended(alert, moment)
    if alert.state is not AlertState.OPEN:
        return alert
    if alert.alert_class is AlertClass.PLAIN:
        alert = replace(alert, steps=ended(alert, StepEnd.HANDED_OVER, moment.now))
        return climb(reopened(alert), Step.ASSIGNEE, moment, at_once=True)
    if any(row.staff_id == receiver_staff_id for row in active(alert)):
        return alert
    away = unavailable(person_at(moment.ladder, Step.ASSIGNEE))
    if away is not None:
        now = moment.now
        return with_row(alert, Step.ASSIGNEE, receiver_staff_id, began_at=now, ended_at=now, why_ended=away)
    wait = time_out(alert.alert_class, Step.ASSIGNEE, moment)
    return armed(ask(alert, Step.ASSIGNEE, receiver_staff_id, wait, moment), moment)


def left(alert: Alert, staff_id: str, receiver_staff_id: str | None, moment: Moment) -> Alert:
    """Somebody who holds an open red goes home: the named receiver gets it, or the charge nurse at once (rule 13).

    A receiver who is not there herself is no receiver.
    """
    hers = any(row.staff_id == staff_id for row in active(alert))
    accepted = alert.state is AlertState.ACCEPTED and alert.accepted_by_staff_id == staff_id
    if alert.alert_class is not AlertClass.RED or not (accepted or hers):
        return alert
    alert = replace(alert, steps=ended(alert, StepEnd.HANDED_OVER, moment.now, {staff_id}))
    if accepted:
        alert = reopened(alert)
    if receiver_staff_id is not None and is_there(moment.ladder, receiver_staff_id):
        wait = time_out(alert.alert_class, Step.ASSIGNEE, moment)
        alert = ask(alert, Step.ASSIGNEE, receiver_staff_id, wait, moment)
        if accepted:
            alert = with_clock(alert, Step.ASSIGNEE, wait, moment)
        return armed(alert, moment)
    if asked_beside(alert, staff_id):
        return armed(alert, moment)
    if accepted or alert.step in (Step.ASSIGNEE, Step.BUDDY):
        return climb(alert, Step.CHARGE, moment, {staff_id}, at_once=True)
    return climb(alert, next_step(alert, moment), moment, {staff_id}, at_once=True)


def moved(alert: Alert, unit_id: str, owner_staff_id: str | None, moment: Moment) -> Alert:
    """The patient arrived in another unit: the alert came along, and that unit is asked from step 1 (rule 14)."""
    if alert.state in FINAL:
        return alert
    steps = ended(alert, StepEnd.HANDED_OVER, moment.now)
    alert = replace(alert, steps=steps, unit_id=unit_id, owner_staff_id=owner_staff_id)
    return climb(reopened(alert), Step.ASSIGNEE, moment, at_once=True)
