"""Alerts that follow their patient in the transaction that gives her to another nurse or unit (rules 13, 14)."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from backend.alerts import queries
from backend.alerts.actions.change import change_alerts, change_loaded
from backend.alerts.rules.alert import Alert, row_of
from backend.alerts.rules.people import Moment
from backend.alerts.rules.subject import Subject
from backend.alerts.rules.turns import handed_over, moved
from backend.beds import actions as beds
from backend.changes.actions import append
from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.staff import actions as staff
from backend.stays.actions import Undone
from backend.stays.queries import facts
from shared_schemas.alerts import AlertCause
from shared_schemas.staff import HandoverAccepted, StayAssigned
from shared_schemas.stays import PatientTransferred, PlacementCancelled

SHOWN = "select alert_id::text from alert where stay_id = $1 and hidden_at is null"
RUNNING = "select alert_id::text, stay_id::text from alert where stay_id = any($1::uuid[]) and next_at is not null"


async def accept_handover(work: Work, run: Sequence[Arrived[HandoverAccepted]]) -> list[Outcome]:
    """The author becomes the owner of the stay, and its alerts are hers in the same transaction (rule 13)."""
    outcomes = await staff.accept_handover(work, run)
    await _follow(work, {arrived.body.stay_id for arrived in run})
    return outcomes


async def assign_stays(work: Work, run: Sequence[Arrived[StayAssigned]]) -> list[Outcome]:
    """Who leads gives patients to a nurse: their alerts are hers too, and red keeps its clock (rule 13)."""
    outcomes = await staff.assign_stays(work, run)
    await _follow(work, {arrived.body.stay_id for arrived in run})
    return outcomes


async def transfer_patients(work: Work, run: Sequence[Arrived[PatientTransferred]]) -> list[Outcome]:
    """The patient arrived in another unit, and so did her alerts, which ask there from step 1 (rule 14)."""
    outcomes = await beds.transfer_patients(work, run)
    await _follow(work, {arrived.body.stay_id for arrived in run})
    return outcomes


async def undo_placements(work: Work, run: Sequence[Arrived[PlacementCancelled]]) -> list[Undone]:
    """A stay is where it was, and so are its alerts; those of a stay whose rows had gone are shown again."""
    undone = await beds.undo_placements(work, run)
    await _follow(work, {stay_id for one in undone for stay_id in one.stay_ids})
    returned = [stay_id for one in undone if one.had_exited for stay_id in one.stay_ids]
    stays = await facts(work.connection, returned) if returned else {}
    for stay_id, stay in stays.items():
        shown = [row[0] for row in await work.connection.fetch(SHOWN, stay_id)]
        for alert in (await queries.alerts(work.connection, shown)).values():
            feed, version = f"unit:{stay.unit_id}", alert.version
            append(work, feed, row_of(alert), row_id=alert.alert_id, version=version, stay_id=stay_id)
    return undone


async def _follow(work: Work, stay_ids: Iterable[str]) -> None:
    found = await work.connection.fetch(RUNNING, sorted(stay_ids))
    await change_alerts(work, {row["alert_id"]: row["stay_id"] for row in found}, followed)


def followed(alert: Alert, moment: Moment, subject: Subject) -> Alert:
    """The alert where its stay is now, with the owner that the stay has now."""
    if subject.unit_id != alert.unit_id:
        return moved(alert, subject.unit_id, subject.owner_staff_id, moment)
    if subject.owner_staff_id != alert.owner_staff_id:
        return handed_over(alert, subject.owner_staff_id, moment)
    return alert


async def reassign_alerts(work: Work, assignees: Mapping[tuple[AlertCause, str], str | None]) -> None:
    """Somebody else answers first for these causes; what runs about them is hers in the same transaction (rule 13)."""
    stay_of = await queries.running(work.connection, assignees)
    if not stay_of:
        return
    stays = await queries.hold(work.connection, stay_of)
    given = {
        alert_id: replace(alert, assignee_staff_id=assignees[alert.cause, alert.cause_id])
        for alert_id, alert in (await queries.alerts(work.connection, stay_of)).items()
    }
    await change_loaded(work, given, stays, followed)
