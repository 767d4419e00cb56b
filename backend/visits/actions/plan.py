"""Planning visits and calls: wanted, moved, given to another nurse, no longer wanted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.queries import facts
from backend.tasks.actions import PlannedTask, complete_planning, plan_tasks
from backend.tasks.rules import precedence
from backend.tasks.rules.precedence import Said
from backend.tasks.rules.visiting import given, window_params, windowed
from backend.visits.actions.decide import decide_visits, word
from backend.visits.actions.write import save_visits
from backend.visits.queries import held_visits
from backend.visits.rules.visit import Visit, cancelled, reassigned, rescheduled
from shared_schemas.flags import HeldDetail
from shared_schemas.tasks import CareKind, Cause, CauseType
from shared_schemas.visits import VisitCancelled, VisitPlanned, VisitReassigned, VisitRescheduled, VisitState
from shared_schemas.wire import HeldReason

# Nobody plans a visit further ahead; an instant beyond it is a slip of the finger.
FURTHEST = timedelta(days=366)
BAD_WINDOW = Outcome(held=HeldReason.INVALID, detail=HeldDetail.WINDOW)
NO_HOME_CARE = Outcome(held=HeldReason.INVALID, detail=HeldDetail.NO_HOME_CARE)
ID_TAKEN = Outcome(held=HeldReason.INVALID, detail=HeldDetail.VISIT_ID_TAKEN)
UNKNOWN_STAFF = Outcome(held=HeldReason.INVALID, detail=HeldDetail.UNKNOWN_STAFF)
KNOWN_STAFF = "select staff_id::text from staff_member where staff_id = any($1::uuid[]) and active"


async def plan_visits(work: Work, run: Sequence[Arrived[VisitPlanned]]) -> list[Outcome]:
    """Plan visits with their care tasks; the task "plan the next visit" of the stay is done by that."""
    stays = await facts(work.connection, {arrived.body.stay_id for arrived in run}, lock=True)
    taken = set(await held_visits(work.connection, {arrived.body.visit_id for arrived in run}))
    people = await _known(work, [arrived.body.staff_id for arrived in run])
    outcomes, planned = [], []
    for arrived in run:
        body, stay = arrived.body, stays[arrived.body.stay_id]
        if body.visit_id in taken:
            outcomes.append(ID_TAKEN)
        elif not stay.at_home or stay.departed_at is not None:
            outcomes.append(NO_HOME_CARE)
        elif not _is_window(body.window_from_at, body.window_to_at, arrived.received_at):
            outcomes.append(BAD_WINDOW)
        elif body.staff_id not in people:
            outcomes.append(UNKNOWN_STAFF)
        else:
            taken.add(body.visit_id)
            planned.append((_visit(arrived), arrived))
            outcomes.append(APPLIED)
    await save_visits(work, [visit for visit, _ in planned], stays)
    await plan_tasks(work, [_task(visit) for visit, _ in planned], stays)
    await complete_planning(
        work,
        {visit.stay_id: Said(arrived.author.staff_id, arrived.observed_at) for visit, arrived in planned},
        stays,
    )
    return outcomes


async def _known(work: Work, staff_ids: Sequence[str | None]) -> set[str | None]:
    """Those of these people who work here, and nobody."""
    found = await work.connection.fetch(KNOWN_STAFF, sorted({staff_id for staff_id in staff_ids if staff_id}))
    return {None, *(row[0] for row in found)}


def _is_window(from_at: datetime, to_at: datetime, now: datetime) -> bool:
    return from_at <= to_at and abs(from_at - now) <= FURTHEST and abs(to_at - now) <= FURTHEST


def _visit(arrived: Arrived[VisitPlanned]) -> Visit:
    body = arrived.body
    return Visit(
        visit_id=body.visit_id,
        stay_id=body.stay_id,
        kind=body.kind,
        state=VisitState.PLANNED,
        window_from_at=body.window_from_at,
        window_to_at=body.window_to_at,
        plan=body.plan,
        bring=body.bring,
        staff_id=body.staff_id,
        planned_by_staff_id=arrived.author.staff_id,
        planned_at=arrived.observed_at,
    )


def _task(visit: Visit) -> PlannedTask:
    cause = Cause(
        cause_type=CauseType.VISIT,
        cause_id=visit.visit_id,
        text_key="cause.visit",
        text_params=window_params(visit.window_from_at, visit.window_to_at),
    )
    return PlannedTask(
        task_id=visit.visit_id,
        stay_id=visit.stay_id,
        kind=CareKind.HOME_VISIT,
        cause=cause,
        due_at=visit.window_to_at,
        window_from_at=visit.window_from_at,
        text_key=f"task.{visit.kind.value}",
        owner_staff_id=visit.staff_id,
    )


async def reschedule_visits(work: Work, run: Sequence[Arrived[VisitRescheduled]]) -> list[Outcome]:
    """Another window, for a visit that has not begun."""
    bad = [
        not _is_window(arrived.body.window_from_at, arrived.body.window_to_at, arrived.received_at) for arrived in run
    ]
    outcomes = iter(
        await decide_visits(
            work,
            [arrived for arrived, is_bad in zip(run, bad, strict=True) if not is_bad],
            lambda visit, arrived: rescheduled(
                visit, word(arrived), arrived.body.window_from_at, arrived.body.window_to_at
            ),
            lambda visit, _: (
                lambda task, margin: windowed(task, visit.window_from_at, visit.window_to_at, margin, work.now)
            ),
        )
    )
    return [BAD_WINDOW if is_bad else next(outcomes) for is_bad in bad]


async def reassign_visits(work: Work, run: Sequence[Arrived[VisitReassigned]]) -> list[Outcome]:
    """Another nurse goes; if an alert asks about the visit, it asks her now."""
    people = await _known(work, [arrived.body.staff_id for arrived in run])
    outcomes = iter(
        await decide_visits(
            work,
            [arrived for arrived in run if arrived.body.staff_id in people],
            lambda visit, arrived: reassigned(visit, word(arrived), arrived.body.staff_id),
            lambda visit, _: lambda task, _margin: given(task, visit.staff_id),
        )
    )
    return [next(outcomes) if arrived.body.staff_id in people else UNKNOWN_STAFF for arrived in run]


async def cancel_visits(work: Work, run: Sequence[Arrived[VisitCancelled]]) -> list[Outcome]:
    """No longer wanted; what took place stays."""
    return await decide_visits(
        work,
        run,
        lambda visit, arrived: cancelled(visit, word(arrived), arrived.body.reason),
        lambda _, arrived: (
            lambda task, _margin: (
                precedence.cancelled(task, Said(arrived.author.staff_id, arrived.observed_at), arrived.body.reason).task
            )
        ),
    )
