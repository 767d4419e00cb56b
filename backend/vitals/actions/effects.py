"""What follows from sets, written set-wise: the next observation, the response and its alert."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from backend.alerts.actions import NewAlert, raise_alerts, worsen_alerts
from backend.db import Work
from backend.tasks.actions import Done, plan_tasks, replace_observation_tasks, update_missing
from backend.tasks.rules.task import PlannedTask
from backend.vitals.actions.gather import Gathered, stays_of
from backend.vitals.actions.write import save_duties, save_episodes
from backend.vitals.rules.charting import After
from backend.vitals.rules.intervals import NextSet, overdue_class
from backend.vitals.rules.kept import returned
from backend.vitals.rules.responses import Episode, why
from backend.vitals.rules.taken import Taken
from shared_schemas.alerts import AlertCause, AlertClass
from shared_schemas.tasks import CareKind, Cause, CauseType
from shared_schemas.vitals import Band

Decided = Iterable[tuple[Gathered, After, str]]


async def apply_effects(work: Work, decided: Decided) -> None:
    """Write what follows for each stay; the third is the author of its newest set."""
    decided = list(decided)
    back = [gathered for gathered, after, _ in decided if after.returned]
    feeds = {gathered.stay.stay_id: gathered.stay.feed for gathered in back}
    await save_duties(work, [returned(gathered.duty) for gathered in back], feeds)
    await _plan_observations(work, decided)
    await _open_responses(work, decided)


async def _plan_observations(work: Work, decided: Decided) -> None:
    planned: list[PlannedTask] = []
    done_by: dict[str, Done] = {}
    missing: dict[AlertClass | None, dict[str, tuple[str, ...]]] = {}
    for gathered, after, author in decided:
        if gathered.stay.at_home:  # visits and calls are planned there, never an interval
            continue
        for plan in after.plans:
            last = plan is after.plans[-1]
            one = planned_observation(gathered, plan, after.plan_missing if last else ())
            planned.append(
                msgspec.structs.replace(one, overdue_class=AlertClass.AMBER) if last and after.at_risk else one
            )
        if after.done_by:
            done_by[gathered.stay.stay_id] = Done(after.done_by.observed_at, author)
        elif after.missing is not None and gathered.observation:
            taken_over = AlertClass.AMBER if after.at_risk else None
            missing.setdefault(taken_over, {})[gathered.observation.task_id] = after.missing
    for taken_over, of_tasks in missing.items():
        await update_missing(work, of_tasks, taken_over)
    if planned:
        stays = stays_of(each for each, _, _ in decided)
        held = [task for gathered, _, _ in decided for task in gathered.kept.tasks]
        await replace_observation_tasks(work, planned, done_by, stays, held)


def planned_observation(gathered: Gathered, plan: NextSet, missing: tuple[str, ...] = ()) -> PlannedTask:
    """The observation task of a stay that follows from a set."""
    continuous = plan.band is Band.HIGH
    return PlannedTask(
        stay_id=gathered.stay.stay_id,
        kind=CareKind.OBSERVATION,
        cause=cause_of(plan.because),
        due_at=plan.due_at,
        text_key="task.observation_monitored" if continuous else "task.observation",
        interval_minutes=plan.interval_minutes,
        missing=missing,
        overdue_class=overdue_class(gathered.kept.known, plan),
    )


def cause_of(one: Taken) -> Cause:
    """Why care follows from a set."""
    key, params = why(one)
    kind = CauseType.UNOBTAINABLE if one.unobtainable else CauseType.ENTRY
    return Cause(cause_type=kind, cause_id=one.entry_id, text_key=key, text_params=params)


async def _open_responses(work: Work, decided: Decided) -> None:
    """One episode a stay: opened with its alert, or joined and alerted again (rule 16)."""
    opened = [one for one in decided if one[1].response is not None and one[0].response is None]
    planned = [_planned_response(work, after) for _, after, _ in opened]
    task_ids = await plan_tasks(work, planned, stays_of(gathered for gathered, _, _ in opened))
    seen: list[Episode] = []
    alerts: list[NewAlert] = []
    again: list[NewAlert] = []
    for (_, after, _), task_id in zip(opened, task_ids, strict=True):
        seen += [replace(after.episode, task_id=task_id)] if after.episode else []
        alerts.append(_alert(after, task_id))
    for gathered, after, _ in decided:
        if gathered.response is None or after.episode is None or after.episode == gathered.episode:
            continue
        seen.append(replace(after.episode, task_id=gathered.response.task_id))
        if after.response is not None:
            again.append(_alert(after, gathered.response.task_id))
    worse = await worsen_alerts(work, again)
    await save_episodes(work, seen)
    await raise_alerts(work, [*alerts, *(alert for alert in again if (alert.cause, alert.cause_id) not in worse)])


def _planned_response(work: Work, after: After) -> PlannedTask:
    one = _response(after)
    cause = cause_of(one)
    return PlannedTask(
        stay_id=one.stay_id,
        kind=CareKind.RESPONSE,
        cause=cause,
        due_at=work.now,
        text_key="task.response",
        text_params=cause.text_params,
    )


def _response(after: After) -> Taken:
    if after.response is None:
        raise ValueError("no set asks for a response")
    return after.response


def _alert(after: After, task_id: str) -> NewAlert:
    key, params = why(_response(after))
    return NewAlert(
        stay_id=_response(after).stay_id,
        alert_class=after.response_class or AlertClass.AMBER,
        cause=AlertCause.RESPONSE,
        cause_id=task_id,
        text_key=key,
        text_params=params,
        accepted_by_staff_id=after.accepted_by,
    )
