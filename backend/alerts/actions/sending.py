"""Sending an alert to a person, by who leads its unit."""

from collections.abc import Sequence

from backend.access.rules import may_lead
from backend.alerts import queries
from backend.alerts.actions.answers import KNOWN_STAFF, STRANGER, UNKNOWN, UNKNOWN_NAME
from backend.alerts.actions.change import change_loaded
from backend.alerts.rules.alert import Alert
from backend.alerts.rules.people import Moment
from backend.alerts.rules.sent import sent
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.staff.queries import colleague
from shared_schemas.alerts import AlertSent
from shared_schemas.flags import Flag


async def send_alerts(work: Work, run: Sequence[Arrived[AlertSent]]) -> list[Outcome]:
    """Ask the named persons now; what was answered before is kept as it is and flagged."""
    return [await _send(work, arrived) for arrived in run]


async def _send(work: Work, arrived: Arrived[AlertSent]) -> Outcome:
    body, author = arrived.body, arrived.author
    stay_of = await queries.stays_of(work.connection, [body.alert_id])
    if not stay_of:
        return UNKNOWN
    if not await work.connection.fetchval(KNOWN_STAFF, body.to_staff_id):
        return UNKNOWN_NAME
    stays = await queries.hold(work.connection, stay_of)
    before = await queries.alerts(work.connection, stay_of)
    (loaded,) = before.values()
    if not may_lead(author, loaded.unit_id):
        return STRANGER
    to = await colleague(work.connection, loaded.unit_id, body.to_staff_id, work.now)
    flags: list[Flag] = []

    def rule(alert: Alert, moment: Moment, _: object) -> Alert:
        changed, flag = sent(alert, author.staff_id, to, moment)
        flags.extend([flag] if flag else [])
        return changed

    await change_loaded(work, before, stays, rule)
    return Outcome(flags=tuple(flags)) if flags else APPLIED
