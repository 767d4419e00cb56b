"""Writing tasks: all that changed in one statement, their rows for the feed, and what it means for their alerts."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from backend.alerts.actions import NewAlert, resolve_alerts, withdraw_alerts, worsen_alerts
from backend.alerts.rules.timing import SEVERITY
from backend.changes.actions import append
from backend.db import Work, upsert
from backend.stays.queries import Facts
from backend.tasks.rules.ending import Ending, ending
from backend.tasks.rules.task import Task, row_of
from shared_schemas.alerts import AlertCause
from shared_schemas.tasks import CareKind

TYPES = {
    "task_id": "uuid",
    "stay_id": "uuid",
    "text_params": "jsonb",
    "cause": "jsonb",
    "planned_at": "timestamptz",
    "due_at": "timestamptz",
    "due_soon_at": "timestamptz",
    "overdue_at": "timestamptz",
    "interval_minutes": "integer",
    "standard_minutes": "integer",
    "owner_staff_id": "uuid",
    "assigned_by_staff_id": "uuid",
    "assigned_at": "timestamptz",
    "slot_of": "uuid",
    "missing": "text[]",
    "response": "jsonb",
    "ended_at": "timestamptz",
    "ended_by_staff_id": "uuid",
    "also_done_by_staff_ids": "uuid[]",
    "flags": "text[]",
    "next_slot_at": "timestamptz",
    "alerted_at": "timestamptz",
    "version": "bigint",
}
SAVE = upsert("task", Task, TYPES, "text")


async def save_tasks(
    work: Work, changed: Iterable[Task], stays: Mapping[str, Facts], hidden: Iterable[Task] = ()
) -> None:
    """Write tasks as they are now, ended ones first so that their successors may open, and show them.

    Rows of stays that have left the tablets are kept and not shown; neither are `hidden` ones, born superseded.
    """
    unseen = [replace(task, version=task.version + 1) for task in hidden]
    newer = [replace(task, version=task.version + 1) for task in sorted(changed, key=lambda each: each.is_open)]
    if not newer and not unseen:
        return
    await work.connection.execute(SAVE, msgspec.json.encode([*unseen, *newer]).decode())
    for task in newer:
        feed = stays[task.stay_id].feed
        if feed is not None:
            append(work, feed, row_of(task), row_id=task.task_id, version=task.version, stay_id=task.stay_id)


async def end_alerts(work: Work, before: Mapping[str, Task], after: Iterable[Task]) -> None:
    """What is no longer due stops its alert: resolved when it was answered, withdrawn when it was not true (rule 6)."""
    for way, why in ((resolve_alerts, Ending.RESOLVED), (withdraw_alerts, Ending.WITHDRAWN)):
        by_reason: dict[str, list[tuple[AlertCause, str]]] = {}
        for task in after:
            found = ending(before.get(task.task_id), task)
            if found is not None and found.ending is why:
                by_reason.setdefault(found.why, []).append((cause_of(task), task.task_id))
        for reason, causes in by_reason.items():
            await way(work, causes, reason)


def overdue_params(task: Task) -> dict[str, str | int]:
    """What the overdue alert of this task tells."""
    return {"due_at": task.due_at.isoformat()}


def overdue_alert(task: Task) -> NewAlert:
    """What to alert about when this task is overdue."""
    return NewAlert(
        stay_id=task.stay_id,
        alert_class=task.overdue_class,
        cause=AlertCause.OVERDUE_TASK,
        cause_id=task.task_id,
        text_key=f"alert.overdue.{task.kind.value}",
        text_params=overdue_params(task),
        next_due_at=task.next_slot_at,
        assignee_staff_id=task.owner_staff_id if task.kind is CareKind.HOME_VISIT else None,
    )


async def worsen_overdue(work: Work, before: Mapping[str, Task], after: Iterable[Task]) -> None:
    """A task that is overdue already and became more urgent: its alert is raised and starts anew (rule 6)."""
    worse = [
        task
        for task in after
        if task.is_open
        and task.alerted_at
        and SEVERITY[task.overdue_class] > SEVERITY[before[task.task_id].overdue_class]
    ]
    await worsen_alerts(work, [overdue_alert(task) for task in worse])


def cause_of(task: Task) -> AlertCause:
    """As what the task's alert was raised."""
    return AlertCause.RESPONSE if task.kind is CareKind.RESPONSE else AlertCause.OVERDUE_TASK
