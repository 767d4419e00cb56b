"""Pauses, stops and resumptions of observation, by name and with a time at which somebody looks again."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.tasks.actions import cancel_observation_tasks, complete_tasks, plan_tasks, replace_observation_tasks
from backend.tasks.rules.task import PlannedTask
from backend.vitals.actions.duty import planned_by, save_duty
from backend.vitals.actions.gather import Gathered, gather, stays_of
from backend.vitals.rules.charting import is_back
from backend.vitals.rules.kept import KeptDuty, resumed, returned
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.tasks import CareKind, Cause, CauseType
from shared_schemas.vitals import ObservationsPaused, ObservationsResumed, ObservationsStopped
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_STAY)
NEWER_KNOWN = Outcome(flags=(Flag.NEWER_KNOWN,))
NO_RETURN = Outcome(held=HeldReason.INVALID, detail=HeldDetail.RETURN_BEFORE_PAUSE)
# Source: wardlight; awaits sign-off. A patient away for longer is paused again, by somebody who has looked.
LONGEST_PAUSE = timedelta(hours=12)
# Source: wardlight; awaits sign-off. A patient of home care is in hospital or away for weeks.
LONGEST_PAUSE_AT_HOME = timedelta(days=31)
TOO_LONG = Outcome(held=HeldReason.INVALID, detail=HeldDetail.PAUSE_TOO_LONG)
NO_REVIEW = Outcome(held=HeldReason.INVALID, detail=HeldDetail.REVIEW_BEFORE_STOP)


async def pause_observations(work: Work, run: Sequence[Arrived[ObservationsPaused]]) -> list[Outcome]:
    """The patient is away: nothing is due until the expected return, at which a set is.

    One that arrives after a set which would have ended it changes nothing.
    """
    return [await _pause(work, arrived) for arrived in run]


async def _pause(work: Work, arrived: Arrived[ObservationsPaused]) -> Outcome:
    body = arrived.body
    if body.expected_return_at <= arrived.observed_at:
        return NO_RETURN
    gathered = (await gather(work, {body.stay_id: work.now})).get(body.stay_id)
    if gathered is None:
        return UNKNOWN
    longest = LONGEST_PAUSE_AT_HOME if gathered.stay.at_home else LONGEST_PAUSE
    if body.expected_return_at - arrived.observed_at > longest:
        return TOO_LONG
    observed_since = any(is_back(arrived.observed_at, one) for one in gathered.kept.known)
    if _newer_known(gathered, arrived) or observed_since:
        return NEWER_KNOWN
    paused = replace(
        gathered.duty,
        pause_reason=body.reason,
        paused_at=arrived.observed_at,
        paused_by_staff_id=arrived.author.staff_id,
        expected_return_at=body.expected_return_at,
        said_at=arrived.observed_at,
    )
    await save_duty(work, gathered, paused)
    await cancel_observation_tasks(work, [body.stay_id], arrived.author.staff_id)
    return _applied(gathered)


async def resume_observations(work: Work, run: Sequence[Arrived[ObservationsResumed]]) -> list[Outcome]:
    """The patient is back, or is observed again: a set is due at once, and the review of a stop is done."""
    return [await _resume(work, arrived) for arrived in run]


def _applied(gathered: Gathered) -> Outcome:
    """Whoever speaks of a patient who has left the tablets must know that it shows nowhere."""
    return APPLIED if gathered.stay.feed else Outcome(flags=(Flag.DEPARTED_BEFORE,))


async def _resume(work: Work, arrived: Arrived[ObservationsResumed]) -> Outcome:
    gathered = (await gather(work, {arrived.body.stay_id: work.now})).get(arrived.body.stay_id)
    if gathered is None:
        return UNKNOWN
    if _newer_known(gathered, arrived):
        return NEWER_KNOWN
    await _review_done(work, gathered.duty, arrived)
    await save_duty(work, gathered, replace(resumed(gathered.duty), said_at=arrived.observed_at))
    if not gathered.duty.observes(work.now) and gathered.observes(resumed(gathered.duty), work.now):
        cause = Cause(cause_type=CauseType.ENTRY, cause_id=arrived.entry_id, text_key="cause.resumed")
        await replace_observation_tasks(
            work, [planned_by(gathered, arrived.observed_at, cause)], stays=stays_of([gathered])
        )
    return _applied(gathered)


async def stop_observations(work: Work, run: Sequence[Arrived[ObservationsStopped]]) -> list[Outcome]:
    """A prescriber stops observations or modifies the response of a dying patient, until a review that is a task."""
    return [await _stop(work, arrived) for arrived in run]


async def _stop(work: Work, arrived: Arrived[ObservationsStopped]) -> Outcome:
    body = arrived.body
    if body.review_at <= arrived.observed_at:
        return NO_REVIEW
    gathered = (await gather(work, {body.stay_id: work.now})).get(body.stay_id)
    if gathered is None:
        return UNKNOWN
    if _newer_known(gathered, arrived):
        return NEWER_KNOWN
    await _review_done(work, gathered.duty, arrived)
    present = gathered.stay.departed_at is None
    stopped = replace(
        returned(gathered.duty),
        stopped=not body.response_modified_only,
        response_modified=body.response_modified_only,
        stop_prescriber=body.prescriber,
        stop_reason=body.reason,
        review_at=body.review_at,
        review_task_id=arrived.entry_id if present else None,
        said_at=arrived.observed_at,
    )
    await save_duty(work, gathered, stopped)
    if present:
        await plan_tasks(work, [_review(arrived)], stays_of([gathered]))
    if not stopped.observes(work.now):
        await cancel_observation_tasks(work, [body.stay_id], arrived.author.staff_id)
    return _applied(gathered)


def _review(arrived: Arrived[ObservationsStopped]) -> PlannedTask:
    modified = arrived.body.response_modified_only
    cause = Cause(
        cause_type=CauseType.ENTRY,
        cause_id=arrived.entry_id,
        text_key="cause.response_modified" if modified else "cause.stopped",
        text_params={"prescriber": arrived.body.prescriber},
    )
    return PlannedTask(
        task_id=arrived.entry_id,
        stay_id=arrived.body.stay_id,
        kind=CareKind.OTHER,
        cause=cause,
        due_at=arrived.body.review_at,
        text_key="task.review_response" if modified else "task.review_stop",
    )


async def _review_done(work: Work, duty: KeptDuty, arrived: Arrived) -> None:
    if duty.review_task_id is not None:
        await complete_tasks(work, [(duty.review_task_id, arrived.observed_at, arrived.author.staff_id)])


def _newer_known(gathered: Gathered, arrived: Arrived) -> bool:
    said_at = gathered.duty.said_at
    return said_at is not None and arrived.observed_at < said_at
