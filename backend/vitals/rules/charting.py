"""What follows from a run of sets of one stay: flags, the next set, the response."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from backend.vitals.rules.intervals import NextSet, Rhythm, interval_minutes, is_at_risk, next_of
from backend.vitals.rules.responses import Episode, joined, response_class
from backend.vitals.rules.taken import InOrder, Taken, governs, in_time
from shared_schemas.alerts import AlertClass
from shared_schemas.flags import Flag
from shared_schemas.vitals import Band


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """The open observation task of a stay."""

    task_id: str
    due_at: datetime
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A stay before the run. `known` are its valid sets; `observed` is False while observations are paused or stopped.

    `paused_at`: since when the patient is away, and nothing but that keeps sets from being due.
    `responds` is False when a prescriber modified the response.
    """

    rhythm: Rhythm
    known: Sequence[Taken]
    task: OpenTask | None
    episode: Episode | None
    observed: bool = True
    paused_at: datetime | None = None
    responds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the author said with a set. `accepted_by`: the nurse who is acting on it, or has escalated it already."""

    accepted_by: str | None = None


@dataclass(slots=True)
class After:
    """What to write. `plans` in order, the last stays open; `done_by` completed the task that was open before.

    `missing`: the open task goes on and asks for these. `returned`: the patient is back, for she was observed.
    `at_risk`: an incomplete set says that an overdue set of this patient is amber. `response`: the set that alerts;
    `accepted_by`: who answers for it, when each set of the run that alerts was answered for. `twins`: sets, known
    or new, within two minutes of a new one.
    """

    plans: list[NextSet] = field(default_factory=list)
    plan_missing: tuple[str, ...] = ()
    done_by: Taken | None = None
    returned: bool = False
    missing: tuple[str, ...] | None = None
    at_risk: bool = False
    episode: Episode | None = None
    response: Taken | None = None
    response_class: AlertClass | None = None
    accepted_by: str | None = None
    flags: dict[str, tuple[Flag, ...]] = field(default_factory=dict)
    twins: set[str] = field(default_factory=set)


def charted(before: Before, run: Sequence[tuple[Taken, Said]]) -> After:
    """What follows from new sets of one stay, in the order in which they were observed."""
    ordered = sorted(run, key=lambda each: (each[0].observed_at, each[0].entry_id))
    new = [one for one, _ in ordered]
    everything = InOrder([*before.known, *new])
    after = After(episode=before.episode)
    for one, said in ordered:
        late = everything.overtook(one) or one.received_at - one.observed_at > _alerts_for(before)
        flags = [Flag.LATE] if late else []
        near = everything.near(one)
        flags += [Flag.SAME_TIME] if near else []
        after.flags[one.entry_id] = tuple(flags)
        after.twins.update(each.entry_id for each in near)
        if not late and before.responds:
            _respond(after, one, said)
    after.returned = any(is_back(before.paused_at, one) for one in new)
    if before.observed or after.returned:
        _plan(after, before, new)
    return after


def is_back(paused_at: datetime | None, one: Taken) -> bool:
    """A set that was taken since the patient went, and is complete or asks for a response: she is not away."""
    return paused_at is not None and one.observed_at > paused_at and (one.complete or response_class(one) is not None)


def _alerts_for(before: Before) -> timedelta:
    return timedelta(hours=before.rhythm.policy.late_alert_hours)


def _respond(after: After, one: Taken, said: Said) -> None:
    wanted = response_class(one)
    if wanted is None:
        return
    after.episode, alerts = joined(after.episode, one)
    if alerts:
        unanswered = after.response is not None and after.accepted_by is None
        after.response, after.response_class = one, wanted
        after.accepted_by = None if unanswered else said.accepted_by


def _plan(after: After, before: Before, new: Sequence[Taken]) -> None:
    """Complete sets each plan the next, older plans are born superseded; then what the last incomplete one says."""
    complete = sorted((each for each in before.known if each.complete), key=in_time)
    because = governs(complete) if complete else None
    due_at = before.task.due_at if before.task else None
    for one in new:
        if not one.complete:
            continue
        insort(complete, one, key=in_time)
        plan = next_of(complete, before.rhythm)
        if because is None or plan.because.entry_id != because.entry_id:
            after.done_by = after.done_by or one
        elif due_at is not None and plan.due_at < due_at:
            # A late set was worse than the one that governs: the interval may not have lengthened so far.
            plan = replace(plan, due_at=min(due_at, max(plan.due_at, one.received_at)))
        else:
            continue
        after.plans.append(plan)
        because, due_at = plan.because, plan.due_at
    for one in new:
        if not one.complete and not (because and because.observed_at > one.observed_at):
            _keep_open(after, before, one)


def _keep_open(after: After, before: Before, one: Taken) -> None:
    """An incomplete set: what is missing is named; one that escalates brings the next set forward, never back."""
    due_at = after.plans[-1].due_at if after.plans else before.task.due_at if before.task else None
    if due_at is None and not after.returned:
        return
    band = Band.HIGH if one.unobtainable else one.interval_band
    minutes = interval_minutes(band, before.rhythm, one.observed_at)
    after.at_risk = after.at_risk or is_at_risk(band)
    sooner_at = one.observed_at + timedelta(minutes=minutes)
    if response_class(one) is not None and (due_at is None or sooner_at < due_at):
        after.plans.append(NextSet(because=one, due_at=sooner_at, interval_minutes=minutes, band=band))
    if after.plans:
        after.plan_missing = one.missing
    else:
        after.missing = one.missing
