"""A registered nurse decides how often: shorter at will, longer with a reason."""

from collections.abc import Sequence

from msgspec.structs import replace

from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.vitals.actions.duty import replan, save_duty
from backend.vitals.actions.gather import Gathered, gather
from backend.vitals.rules.intervals import next_set
from backend.vitals.rules.scales import unseen
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.vitals import Band, ObservationIntervalSet
from shared_schemas.wire import HeldReason

NO_REASON = Outcome(held=HeldReason.INVALID, detail=HeldDetail.INTERVAL_NEEDS_REASON)
UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_STAY)


async def set_observation_interval(work: Work, run: Sequence[Arrived[ObservationIntervalSet]]) -> list[Outcome]:
    """Set the interval of stays, or return to the score's. Of two that had not seen each other the shorter holds."""
    return [await _set_interval(work, arrived) for arrived in run]


async def _set_interval(work: Work, arrived: Arrived[ObservationIntervalSet]) -> Outcome:
    body = arrived.body
    gathered = (await gather(work, {body.stay_id: work.now})).get(body.stay_id)
    if gathered is None:
        return UNKNOWN
    band, by_score = _by_score(gathered)
    wanted = body.interval_minutes
    if wanted is not None and wanted > by_score and body.reason is None:
        return NO_REASON
    duty = gathered.duty
    conflict = (
        duty.interval_version is not None
        and duty.interval_told_at is not None
        and wanted != duty.interval_minutes
        and unseen(body.base_version, duty.interval_version, arrived.observed_at, duty.interval_told_at)
    )
    if conflict:
        shorter = min(wanted or by_score, duty.interval_minutes or by_score)
        if shorter == (duty.interval_minutes or by_score):
            return Outcome(flags=(Flag.INTERVAL_CONFLICT,))
    duty = replace(
        duty,
        interval_minutes=wanted,
        interval_by_staff_id=None if wanted is None else arrived.author.staff_id,
        interval_reason=body.reason,
        interval_band=band,
        interval_version=duty.version + 1,
        interval_told_at=arrived.received_at,
    )
    await save_duty(work, gathered, duty)
    await replan(work, gathered, duty, arrived.observed_at)
    return Outcome(flags=(Flag.INTERVAL_CONFLICT,)) if conflict else APPLIED


def _by_score(gathered: Gathered) -> tuple[Band | None, int]:
    """The band that governs and the minutes that it asks for; without a score the unit's own interval."""
    plan = next_set(gathered.kept.known, gathered.rhythm)
    policy = gathered.policy.observation
    if plan is None or plan.band is None:
        return None, policy.no_score_minutes
    return plan.band, policy.interval_minutes[plan.band.value]
