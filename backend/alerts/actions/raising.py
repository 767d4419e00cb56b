"""Raising alerts, and raising them further: one unfinished alert a cause, its first step in the same transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from backend.alerts import queries
from backend.alerts.actions.change import change_running
from backend.alerts.actions.write import save
from backend.alerts.rules.alert import Alert, alert_id_of
from backend.alerts.rules.ladder import begin
from backend.alerts.rules.people import Moment
from backend.alerts.rules.turns import worsen
from backend.db import Work
from backend.stays.queries import Facts, facts
from shared_schemas.alerts import AlertCause, AlertClass, AlertState, Step

Params = dict[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """What to alert about. `accepted_by_staff_id`: its author is acting (rule 2). `next_due_at` limits snoozes."""

    stay_id: str
    alert_class: AlertClass
    cause: AlertCause
    cause_id: str
    text_key: str
    text_params: Params = field(default_factory=dict)
    accepted_by_staff_id: str | None = None
    follows: str | None = None
    next_due_at: datetime | None = None


async def raise_alerts(work: Work, wanted: Iterable[NewAlert]) -> list[str]:
    """Raise an alert for each cause that has no unfinished one; the ids of those raised. Stays must exist.

    An alert and its first step commit together (rule 15); repeated, it changes nothing.
    """
    by_cause = {(new.cause.value, new.cause_id): new for new in wanted}
    if not by_cause:
        return []
    stays = await facts(work.connection, [new.stay_id for new in by_cause.values()], lock=True)
    causes = [list(column) for column in zip(*by_cause, strict=True)]
    known = {(row[0], row[1]): row for row in await work.connection.fetch(queries.OF_CAUSES, *causes)}
    moments = await queries.moments(work.connection, stays, work.now)
    raised: list[Alert] = []
    for cause, new in by_cause.items():
        earlier = known.get(cause)
        if earlier is not None and earlier["running"] is not None:
            continue
        stay, moment = stays[new.stay_id], moments[new.stay_id]
        alert = Alert(
            alert_id=alert_id_of(new.cause, new.cause_id, earlier["alerts"] if earlier else 0),
            stay_id=new.stay_id,
            unit_id=stay.unit_id,
            owner_staff_id=stay.owner_staff_id,
            alert_class=new.alert_class,
            cause=new.cause,
            cause_id=new.cause_id,
            state=AlertState.OPEN,
            began_at=work.now,
            round=1,
            step=Step.ASSIGNEE,
            text_key=new.text_key,
            text_params=new.text_params,
            policy_version=moment.policy.version,
            next_due_at=new.next_due_at,
            follows_alert_id=new.follows or (earlier["latest"] if earlier else None),
        )
        raised.append(begin(alert, moment, new.accepted_by_staff_id))
    await save(work, {}, raised, stays, moments)
    return [alert.alert_id for alert in raised]


async def worsen_alerts(work: Work, wanted: Iterable[NewAlert]) -> set[tuple[AlertCause, str]]:
    """Raise the class of each cause's running alert and restart it, the accepter first (rule 6).

    Returns the causes about which one ran; the others are still to be raised.
    """
    by_cause = {(new.cause, new.cause_id): new for new in wanted}

    def worsened(alert: Alert, moment: Moment, _: Facts) -> Alert:
        new = by_cause[alert.cause, alert.cause_id]
        return worsen(alert, new.alert_class, new.text_key, new.text_params, moment, new.accepted_by_staff_id)

    changed = await change_running(work, by_cause, worsened)
    return {(alert.cause, alert.cause_id) for alert in changed.values()}
