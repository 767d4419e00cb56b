"""What who leads the unit does to an alert that nobody answers: she sends it to somebody (the board's "Send to…")."""

from msgspec.structs import replace

from backend.alerts.rules.alert import FINAL, Alert, active
from backend.alerts.rules.asking import armed, with_clock, with_row
from backend.alerts.rules.ladder import reopened
from backend.alerts.rules.people import Moment, unavailable
from backend.alerts.rules.timing import time_out
from backend.staff.rules import Person
from shared_schemas.alerts import AlertState
from shared_schemas.flags import Flag


def sent(alert: Alert, sender_staff_id: str, to: Person, moment: Moment) -> tuple[Alert, Flag | None]:
    """Ask this person now, beside whoever is asked; nobody falls silent by it and the climb keeps its clock.

    What was put off asks again. A flag: somebody has answered, or she is not there, and nobody new is asked.
    """
    if alert.state in FINAL or alert.state is AlertState.ACCEPTED:
        return alert, Flag.ALREADY_RESOLVED
    reason = unavailable(to)
    if reason is not None:
        now, by = moment.now, sender_staff_id
        fields = {"began_at": now, "ended_at": now, "why_ended": reason, "sent_by_staff_id": by}
        return armed(with_row(alert, alert.step, to.staff_id, **fields), moment), Flag.RECEIVER_AWAY
    if alert.state is AlertState.SNOOZED:
        alert = reopened(alert)
    running = active(alert)
    if any(row.staff_id == to.staff_id for row in running):
        return armed(alert, moment), None
    if any(row.staff_id == to.staff_id and row.round == alert.round for row in alert.steps):
        # Her turn in this round is over: a second asking is a row of its own (rule 15).
        alert = replace(alert, round=alert.round + 1)
    wait = time_out(alert.alert_class, alert.step, moment)
    times = {"began_at": moment.now, "times_out_at": moment.now + wait}
    alert = with_row(alert, alert.step, to.staff_id, **times, sent_by_staff_id=sender_staff_id)
    return armed(alert if running else with_clock(alert, alert.step, wait, moment), moment), None
