"""Recurring care from templates: turning, rounds."""

from collections.abc import Sequence
from datetime import timedelta

import asyncpg

from backend.changes.actions import append
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.queries import Facts, facts
from backend.tasks.actions.decide import said, write_changed
from backend.tasks.actions.plan import FURTHEST, TOO_FAR, plan_tasks, planned_for
from backend.tasks.queries import held_open_tasks
from backend.tasks.rules.precedence import cancelled
from backend.tasks.rules.task import PlannedTask
from shared_schemas.care import care_templates
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.tasks import (
    CareKind,
    CareTemplateRow,
    Cause,
    CauseType,
    RecurringCareRow,
    RecurringCareStarted,
    RecurringCareStopped,
)
from shared_schemas.wire import HeldReason

UNKNOWN_TEMPLATE = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_TEMPLATE)
UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_RECURRING_CARE)
START = """
insert into recurring_care (recurring_care_id, stay_id, template_id, kind, text_key, interval_minutes, started_at)
values ($1, $2, $3, $4, $5, $6, $7) returning *
"""
STOP = """
update recurring_care set stopped_at = $3, version = version + 1
where recurring_care_id = $1 and stay_id = $2 and stopped_at is null returning *
"""


async def start_recurring(work: Work, run: Sequence[Arrived[RecurringCareStarted]]) -> list[Outcome]:
    """Start care from a template and plan its first slot; `recurring_care_id` is the entry's id."""
    outcomes = []
    for arrived in run:
        template = care_templates().get(arrived.body.template_id)
        if template is None:
            outcomes.append(UNKNOWN_TEMPLATE)
        elif abs(arrived.body.first_due_at - arrived.received_at) > FURTHEST:
            outcomes.append(TOO_FAR)
        else:
            [stay] = (await facts(work.connection, [arrived.body.stay_id])).values()
            await _start(work, arrived, template, stay)
            outcomes.append(planned_for(stay))
    return outcomes


async def _start(work: Work, arrived: Arrived[RecurringCareStarted], template: CareTemplateRow, stay: Facts) -> None:
    body = arrived.body
    [started] = await work.connection.fetch(
        START,
        arrived.entry_id,
        body.stay_id,
        body.template_id,
        template.kind.value,
        template.text_key,
        body.interval_minutes,
        arrived.observed_at,
    )
    _feed(work, started, stay)
    cause = Cause(
        cause_type=CauseType.TEMPLATE,
        cause_id=arrived.entry_id,
        text_key="cause.recurring_care",
        text_params={"interval_minutes": body.interval_minutes},
    )
    first = PlannedTask(
        stay_id=body.stay_id,
        kind=template.kind,
        cause=cause,
        due_at=body.first_due_at,
        text_key=template.text_key,
        interval_minutes=body.interval_minutes,
        slot_of=arrived.entry_id,
        next_slot_at=body.first_due_at + timedelta(minutes=body.interval_minutes),
    )
    await plan_tasks(work, [first], {body.stay_id: stay})


async def stop_recurring(work: Work, run: Sequence[Arrived[RecurringCareStopped]]) -> list[Outcome]:
    """End recurring care: its open slot is cancelled and the alert of it withdrawn."""
    outcomes = []
    for arrived in run:
        body = arrived.body
        stays = await facts(work.connection, [body.stay_id], lock=True)
        stopped = await work.connection.fetchrow(STOP, body.recurring_care_id, body.stay_id, arrived.observed_at)
        if stopped is None:
            known = await work.connection.fetchval(
                "select true from recurring_care where recurring_care_id = $1 and stay_id = $2",
                body.recurring_care_id,
                body.stay_id,
            )
            outcomes.append(Outcome(flags=(Flag.STOPPED_BEFORE,)) if known else UNKNOWN)
            continue
        _feed(work, stopped, stays[body.stay_id])
        held = await held_open_tasks(work.connection, [body.stay_id])
        before = {key: task for key, task in held.items() if task.slot_of == body.recurring_care_id}
        ended = {key: cancelled(task, said(arrived), body.reason).task for key, task in before.items()}
        await write_changed(work, before, ended, stays)
        outcomes.append(APPLIED)
    return outcomes


async def show_recurring(work: Work, stay: Facts) -> None:
    """Show all recurring care of a stay whose rows had left the tablets."""
    for care in await work.connection.fetch("select * from recurring_care where stay_id = $1", stay.stay_id):
        _feed(work, care, stay)


def _feed(work: Work, care: asyncpg.Record, stay: Facts) -> None:
    if stay.feed is None:
        return
    row = RecurringCareRow(
        recurring_care_id=str(care["recurring_care_id"]),
        stay_id=stay.stay_id,
        template_id=str(care["template_id"]),
        kind=CareKind(care["kind"]),
        text_key=care["text_key"],
        interval_minutes=care["interval_minutes"],
        started_at=care["started_at"],
        stopped_at=care["stopped_at"],
    )
    append(work, stay.feed, row, row_id=row.recurring_care_id, version=care["version"], stay_id=stay.stay_id)
