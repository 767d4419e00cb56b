"""Done, not done, cancelled: how care ends."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from backend.alerts.actions import NewAlert, raise_alerts
from backend.alerts.queries import alerts, latest, running
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.actions import discharge_patients
from backend.stays.queries import facts
from backend.tasks.actions.decide import (
    UNKNOWN,
    VISIT_DECIDES,
    decide_tasks,
    held_for,
    is_registered,
    said,
    write_changed,
)
from backend.tasks.actions.plan import plan_tasks
from backend.tasks.actions.write import cause_of
from backend.tasks.queries import held_open_tasks, held_tasks, stays_of
from backend.tasks.rules.ending import DEPARTED
from backend.tasks.rules.precedence import REVIEWS, Said, cancelled, cancelled_by_hand, done, done_by_hand, not_done
from backend.tasks.rules.task import PlannedTask, Task
from shared_schemas.alerts import AlertCause, AlertClass
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.stays import PatientDischarged
from shared_schemas.tasks import CareKind, TaskCancelled, TaskDone, TaskDoneCorrected, TaskNotDone, TaskState
from shared_schemas.wire import HeldReason

# An observation is done by its set, so that a wrong one is mended there; the next observation is planned already.
CORRECT_THE_SET = Outcome(held=HeldReason.INVALID, detail=HeldDetail.CORRECT_THE_SET)


async def record_done(work: Work, run: Sequence[Arrived[TaskDone]]) -> list[Outcome]:
    """A tick. The first to reach the server is the completer, a second is recorded beside her."""
    return await decide_tasks(work, run, lambda task, arrived: done_by_hand(task, said(arrived)))


async def record_not_done(work: Work, run: Sequence[Arrived[TaskNotDone]]) -> list[Outcome]:
    """Not done, with a reason; it stops a plain or amber alert, never a red one (rule 6)."""
    _, tasks = await held_for(work, run)
    red = await _red(work, tasks.values())
    return await decide_tasks(
        work,
        run,
        lambda task, arrived: not_done(
            task,
            said(arrived),
            arrived.body.reason,
            arrived.body.text,
            red=task.task_id in red,
            registered=is_registered(arrived),
        ),
    )


async def _red(work: Work, tasks: Iterable[Task]) -> set[str]:
    """Tasks about which a red alert runs."""
    found = await running(work.connection, [(cause_of(task), task.task_id) for task in tasks])
    alert_by_id = await alerts(work.connection, found) if found else {}
    return {alert.cause_id for alert in alert_by_id.values() if alert.alert_class is AlertClass.RED}


async def cancel_tasks(work: Work, run: Sequence[Arrived[TaskCancelled]]) -> list[Outcome]:
    """An authorised cancel with a reason; the gate has asked who may."""
    return await decide_tasks(
        work, run, lambda task, arrived: cancelled_by_hand(task, said(arrived), arrived.body.reason)
    )


async def correct_done(work: Work, run: Sequence[Arrived[TaskDoneCorrected]]) -> list[Outcome]:
    """A wrong "done": the care opens again with the same due instant and cause; the first tick stays visible."""
    return [await _correct(work, arrived) for arrived in run]


async def _correct(work: Work, arrived: Arrived[TaskDoneCorrected]) -> Outcome:
    stays, tasks = await held_for(work, [arrived])
    task = tasks.get(arrived.body.task_id)
    if task is None or task.stay_id != arrived.body.stay_id:
        return UNKNOWN
    if task.kind is CareKind.OBSERVATION:
        return CORRECT_THE_SET
    if task.kind is CareKind.HOME_VISIT:
        return VISIT_DECIDES
    if task.state is not TaskState.COMPLETED or Flag.DONE_CORRECTED in task.flags or task.text_key in REVIEWS:
        return Outcome(flags=(Flag.NOTHING_TO_CORRECT,))
    corrected = replace(task, flags=[*task.flags, Flag.DONE_CORRECTED], reason_text=arrived.body.reason)
    await write_changed(work, tasks, {task.task_id: corrected}, stays)
    if task.kind is CareKind.RESPONSE and await _has_open_response(work, task.stay_id):
        return Outcome(flags=(Flag.RESPONSE_IS_OPEN,))
    await plan_tasks(work, [_again(task, arrived.entry_id)], stays)
    if task.kind is CareKind.RESPONSE and stays[task.stay_id].departed_at is None:
        await alert_again(work, task, arrived.entry_id)
    return APPLIED


async def _has_open_response(work: Work, stay_id: str) -> bool:
    """A newer score opened the next episode meanwhile: it asks for the same people."""
    found = await held_open_tasks(work.connection, [stay_id])
    return any(task.kind is CareKind.RESPONSE for task in found.values())


async def alert_again(work: Work, task: Task, again_id: str) -> None:
    """Nobody answered after all: a new alert of the old class, linked to the one that was ended (a recurrence)."""
    ended = await latest(work.connection, [(AlertCause.RESPONSE, task.task_id)])
    wanted = [
        NewAlert(
            stay_id=task.stay_id,
            alert_class=alert.alert_class,
            cause=AlertCause.RESPONSE,
            cause_id=again_id,
            text_key=alert.text_key,
            text_params=alert.text_params,
            follows=alert.alert_id,
        )
        for alert in ended
    ]
    await raise_alerts(work, wanted)


def _again(task: Task, entry_id: str) -> PlannedTask:
    return PlannedTask(
        task_id=entry_id,
        stay_id=task.stay_id,
        kind=task.kind,
        cause=task.cause,
        due_at=task.due_at,
        text=task.text,
        text_key=task.text_key,
        text_params=task.text_params,
        interval_minutes=task.interval_minutes,
        slot_of=task.slot_of,
        next_slot_at=task.next_slot_at,
        overdue_class=task.overdue_class,
    )


async def complete_tasks(work: Work, completed: Sequence[tuple[str, datetime, str | None]]) -> None:
    """Complete tasks by (task, when it was done at the patient, by whom) and end their alerts."""
    task_ids = sorted({task_id for task_id, _, _ in completed})
    stays = await facts(work.connection, await stays_of(work.connection, task_ids), lock=True)
    before = await held_tasks(work.connection, task_ids)
    after = dict(before)
    for task_id, at, staff_id in completed:
        after[task_id] = done(after[task_id], Said(staff_id, at)).task
    await write_changed(work, before, after, stays)


async def end_tasks_of_departed(work: Work, stay_ids: Iterable[str], word: Said) -> None:
    """Cancel everything that is open of stays whose patient has left, not before she left; alerts are withdrawn."""
    stays = await facts(work.connection, stay_ids, lock=True)
    before = await held_open_tasks(work.connection, sorted(stays))
    after = {}
    for task_id, task in before.items():
        departed_at = stays[task.stay_id].departed_at
        then = word if departed_at is None else word._replace(at=max(word.at, departed_at))
        ended = cancelled(task, then, None).task
        after[task_id] = replace(ended, flags=[*ended.flags, DEPARTED])
    await write_changed(work, before, after, stays)


async def discharge(work: Work, run: Sequence[Arrived[PatientDischarged]]) -> list[Outcome]:
    """The patient left: the bed is free, and nothing is due for the patient any more, in one transaction."""
    outcomes = await discharge_patients(work, run)
    for arrived, outcome in zip(run, outcomes, strict=True):
        if outcome == APPLIED:
            await end_tasks_of_departed(work, [arrived.body.stay_id], said(arrived))
    return outcomes
