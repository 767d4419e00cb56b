"""Raising alerts, and raising them further: one unfinished alert a cause, its first step in the same transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from backend.alerts import queries
from backend.alerts.actions.change import change_running
from backend.alerts.actions.write import save
from backend.alerts.rules.alert import FINAL, Alert, alert_id_of
from backend.alerts.rules.ladder import begin
from backend.alerts.rules.people import Moment
from backend.alerts.rules.sos import retelling
from backend.alerts.rules.subject import Subject
from backend.alerts.rules.turns import retold, worsen
from backend.db import Work
from backend.stays.queries import Facts, facts
from shared_schemas.alerts import AlertCause, AlertClass, AlertState, Step

Params = dict[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """What to alert about. `accepted_by_staff_id`: its author is acting (rule 2). `next_due_at` limits snoozes.

    `assignee_staff_id` is asked before the owner of the stay. An SOS has no stay but the unit of `raised_by_staff_id`.
    """

    stay_id: str | None = None
    unit_id: str | None = None
    alert_class: AlertClass
    cause: AlertCause
    cause_id: str
    text_key: str
    text_params: Params = field(default_factory=dict)
    accepted_by_staff_id: str | None = None
    follows: str | None = None
    next_due_at: datetime | None = None
    assignee_staff_id: str | None = None
    raised_by_staff_id: str | None = None
    visit_id: str | None = None


async def raise_alerts(work: Work, wanted: Iterable[NewAlert]) -> list[str]:
    """Raise an alert for each cause that has no unfinished one; the ids of those raised. Stays must exist.

    An alert and its first step commit together (rule 15); repeated, it changes nothing.
    """
    by_cause = {(new.cause.value, new.cause_id): new for new in wanted}
    if not by_cause:
        return []
    of_stays = {new.stay_id for new in by_cause.values() if new.stay_id}
    stays = await facts(work.connection, of_stays, lock=True) if of_stays else {}
    causes = [list(column) for column in zip(*by_cause, strict=True)]
    known = {(row[0], row[1]): row for row in await work.connection.fetch(queries.OF_CAUSES, *causes)}
    new_alerts = {}
    for cause, new in by_cause.items():
        earlier = known.get(cause)
        if earlier is None or earlier["running"] is None:
            alert = _born(new, stays.get(new.stay_id or ""), earlier, work.now)
            new_alerts[alert.alert_id] = alert, new
    subjects = {key: queries.subject_of(alert, stays) for key, (alert, _) in new_alerts.items()}
    moments = await queries.moments(work.connection, subjects, work.now)
    raised = [_begun(alert, new, subjects[key], moments[key]) for key, (alert, new) in new_alerts.items()]
    await save(work, {}, raised, subjects, moments)
    return [alert.alert_id for alert in raised]


def _born(new: NewAlert, stay: Facts | None, earlier: Mapping | None, now: datetime) -> Alert:
    unit_id = stay.unit_id if stay else new.unit_id
    if unit_id is None:
        raise ValueError("an alert of no stay names its unit")
    return Alert(
        alert_id=alert_id_of(new.cause, new.cause_id, earlier["alerts"] if earlier else 0),
        stay_id=new.stay_id,
        unit_id=unit_id,
        assignee_staff_id=new.assignee_staff_id,
        raised_by_staff_id=new.raised_by_staff_id,
        visit_id=new.visit_id,
        alert_class=new.alert_class,
        cause=new.cause,
        cause_id=new.cause_id,
        state=AlertState.OPEN,
        began_at=now,
        round=1,
        step=Step.ASSIGNEE,
        text_key=new.text_key,
        text_params=new.text_params,
        policy_version=0,
        next_due_at=new.next_due_at,
        follows_alert_id=new.follows or (earlier["latest"] if earlier else None),
    )


def _begun(alert: Alert, new: NewAlert, subject: Subject, moment: Moment) -> Alert:
    born = replace(alert, owner_staff_id=subject.owner_staff_id, policy_version=moment.policy.version)
    return begin(born, moment, new.accepted_by_staff_id)


async def worsen_alerts(work: Work, wanted: Iterable[NewAlert]) -> set[tuple[AlertCause, str]]:
    """Raise the class of each cause's running alert and restart it, the accepter first (rule 6).

    Returns the causes about which one runs; the others are still to be raised, also where somebody ended the alert
    while this waited for its lock.
    """
    by_cause = {(new.cause, new.cause_id): new for new in wanted}

    def worsened(alert: Alert, moment: Moment, _: Subject) -> Alert:
        new = by_cause[alert.cause, alert.cause_id]
        text = new.text_key, new.text_params
        if alert.cause is AlertCause.SOS:
            text = retelling(*text, alert)
        return worsen(alert, new.alert_class, *text, moment, new.accepted_by_staff_id)

    changed = await change_running(work, by_cause, worsened)
    return {(alert.cause, alert.cause_id) for alert in changed.values() if alert.state not in FINAL}


async def retell_alerts(work: Work, told: Mapping[tuple[AlertCause, str], Params]) -> None:
    """Let what runs about these causes tell what is known now; nobody is asked anew."""
    await change_running(work, told, lambda alert, _, __: retold(alert, told[alert.cause, alert.cause_id]))
