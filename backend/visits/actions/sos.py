"""An SOS: whoever leads the unit is asked at once, and it goes on until somebody has spoken with who raised it."""

from collections.abc import Sequence

from backend.alerts.actions import NewAlert, end_alert_of_sos, raise_alerts, worsen_alerts
from backend.alerts.queries import sos_units
from backend.db import Work
from backend.places.queries import time_zones
from backend.slice import APPLIED, Arrived, Outcome
from shared_schemas.alerts import AlertCause, AlertClass
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.visits import SosEnded, SosRaised
from shared_schemas.wire import HeldReason

UNKNOWN_UNIT = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_UNIT)
# Under duress she might say that she is safe: somebody else must have spoken with her.
GOES_ON = Outcome(flags=(Flag.SOS_GOES_ON,))
DEGREE = 10_000_000


async def raise_sos(work: Work, run: Sequence[Arrived[SosRaised]]) -> list[Outcome]:
    """Ask the coordinator, then on call; pressed again, all are asked anew with the latest position.

    It is an alert of the person, not of a patient; its notice says only that it is red.
    """
    units = await time_zones(work.connection, sorted({arrived.body.unit_id for arrived in run}))
    known = [arrived for arrived in run if arrived.body.unit_id in units]
    latest = {arrived.author.staff_id: arrived for arrived in sorted(known, key=lambda each: each.observed_at)}
    came_last = {arrived.author.staff_id: arrived.entry_id for arrived in known}
    wanted = [_alert(arrived, came_last[staff_id]) for staff_id, arrived in latest.items()]
    asked_anew = await worsen_alerts(work, wanted)
    await raise_alerts(work, [new for new in wanted if (new.cause, new.cause_id) not in asked_anew])
    return [APPLIED if arrived.body.unit_id in units else UNKNOWN_UNIT for arrived in run]


def _alert(arrived: Arrived[SosRaised], press: str) -> NewAlert:
    position = arrived.body.position
    params: dict[str, str | int] = {"observed_at": arrived.observed_at.isoformat(), "press": press}
    if position is not None:
        place = f"{position.latitude_e7 / DEGREE:.5f}, {position.longitude_e7 / DEGREE:.5f}"
        params |= {"position": place, "accuracy_m": position.accuracy_m}
    return NewAlert(
        unit_id=arrived.body.unit_id,
        alert_class=AlertClass.RED,
        cause=AlertCause.SOS,
        cause_id=arrived.author.staff_id,
        text_key="alert.sos.at" if position else "alert.sos.raised",
        text_params=params,
        raised_by_staff_id=arrived.author.staff_id,
        visit_id=arrived.body.visit_id,
    )


async def end_sos(work: Work, run: Sequence[Arrived[SosEnded]]) -> list[Outcome]:
    """Somebody else has spoken with her; the first who says how it is ends it.

    Who did not know that she has pressed again ends nothing.
    """
    raised = await sos_units(work.connection, {arrived.body.staff_id for arrived in run})
    outcomes = []
    for arrived in run:
        body = arrived.body
        if raised.get(body.staff_id) != body.unit_id:
            outcomes.append(Outcome(flags=(Flag.ALREADY_RESOLVED,)))
        elif arrived.author.staff_id == body.staff_id:
            outcomes.append(GOES_ON)
        else:
            why = f"sos_{body.outcome.value}"
            is_over = await end_alert_of_sos(work, body.staff_id, why, body.press)
            outcomes.append(APPLIED if is_over else GOES_ON)
    return outcomes
