"""Answers of people and receipts of tablets, as they arrive."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from backend.access.rules import may_answer_alert
from backend.alerts import queries
from backend.alerts.actions.change import change_alerts, change_loaded
from backend.alerts.rules import answers
from backend.alerts.rules.alert import Alert, asked_ever
from backend.alerts.rules.people import Moment
from backend.alerts.statements import TOLD_BY
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome, Scope
from backend.staff.queries import colleague
from shared_schemas.alerts import AlertAccepted, AlertDeclined, AlertSnoozed, Receipt
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_ALERT)
STRANGER = Outcome(held=HeldReason.NOT_PERMITTED, detail=HeldDetail.ALERT_OF_OTHERS)
UNKNOWN_NAME = Outcome(held=HeldReason.INVALID, detail=HeldDetail.UNKNOWN_STAFF)
KNOWN_STAFF = "select count(*) from staff_member where staff_id = $1 and active"
UNIT_OF = "select unit_id::text from alert where alert_id = $1"
Answer = Callable[[Alert, Moment], tuple[Alert, Flag | None]]


async def accept_alerts(work: Work, run: Sequence[Arrived[AlertAccepted]]) -> list[Outcome]:
    """Answer "I am going" (rule 3), at the corrected time of the act (rule 8)."""

    def answer(arrived: Arrived[AlertAccepted]) -> Answer:
        return lambda alert, moment: (
            answers.accept(alert, arrived.author.staff_id, arrived.observed_at, moment),
            None,
        )

    return [await _apply(work, arrived, answer(arrived)) for arrived in run]


async def decline_alerts(work: Work, run: Sequence[Arrived[AlertDeclined]]) -> list[Outcome]:
    """Answer "I can not go" (rule 4)."""
    return [await _decline(work, arrived) for arrived in run]


async def _decline(work: Work, arrived: Arrived[AlertDeclined]) -> Outcome:
    body, named = arrived.body, None
    if body.named_staff_id is not None:
        if not await work.connection.fetchval(KNOWN_STAFF, body.named_staff_id):
            return UNKNOWN_NAME
        unit_id = await work.connection.fetchval(UNIT_OF, body.alert_id)
        if unit_id is None:
            return UNKNOWN
        named = await colleague(work.connection, unit_id, body.named_staff_id, work.now)
    return await _apply(
        work,
        arrived,
        lambda alert, moment: answers.decline(
            alert, arrived.author.staff_id, body.reason, named, arrived.observed_at, moment
        ),
    )


async def snooze_alerts(work: Work, run: Sequence[Arrived[AlertSnoozed]]) -> list[Outcome]:
    """Put off (rule 5)."""

    def answer(arrived: Arrived[AlertSnoozed]) -> Answer:
        return lambda alert, moment: answers.snooze(
            alert, arrived.author.staff_id, arrived.body.minutes, arrived.observed_at, moment
        )

    return [await _apply(work, arrived, answer(arrived)) for arrived in run]


async def _apply(work: Work, arrived: Arrived, answer: Answer) -> Outcome:
    """One answer to one alert, if its author works there or was asked; what could not be done is flagged."""
    stay_of = await queries.stays_of(work.connection, [arrived.body.alert_id])
    if not stay_of:
        return UNKNOWN
    stays = await queries.hold(work.connection, stay_of)
    before = await queries.alerts(work.connection, stay_of)
    (alert,) = before.values()
    here = Scope(alert.stay_id, queries.subject_of(alert, stays).unit_id, alert.unit_id)
    asked = arrived.author.staff_id in asked_ever(alert)
    if not (asked or may_answer_alert(arrived.author, here)):
        return STRANGER
    flags: list[Flag] = []

    def rule(alert: Alert, moment: Moment, _: object) -> Alert:
        changed, flag = answer(alert, moment)
        flags.extend([flag] if flag else [])
        return changed

    await change_loaded(work, before, stays, rule)
    return Outcome(flags=tuple(flags)) if flags else APPLIED


async def receive(work: Work, receipts: Iterable[Receipt], staff_ids: Sequence[str]) -> None:
    """What a tablet reports of askings of the people signed in on it; others are left out, repeats change nothing.

    A notice that told of several askings is reported once, by the one that it names; it counts for all of them.
    """
    came = list(receipts)
    told = await work.connection.fetch(TOLD_BY, [receipt.step_id for receipt in came])
    came += [
        msgspec.structs.replace(receipt, alert_id=alert_id, step_id=step_id)
        for named, step_id, alert_id in told
        for receipt in came
        if receipt.step_id == named
    ]
    by_alert: dict[str, list[Receipt]] = {}
    for receipt in came:
        by_alert.setdefault(receipt.alert_id, []).append(receipt)
    stay_of = await queries.stays_of(work.connection, by_alert)

    def rule(alert: Alert, moment: Moment, _: object) -> Alert:
        hers = {row.step_id for row in alert.steps if row.staff_id in staff_ids}
        for receipt in by_alert[alert.alert_id]:
            if receipt.step_id in hers:
                alert = answers.received(alert, receipt.step_id, receipt.kind, receipt.at, moment)
        return alert

    await change_alerts(work, stay_of, rule)
