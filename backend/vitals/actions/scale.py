"""The SpO2 scale: set by a named prescriber, in force from then on, scale 1 while two settings contradict."""

from collections.abc import Sequence

from msgspec.structs import replace

from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.vitals.actions.duty import replan, save_duty
from backend.vitals.actions.gather import Gathered, gather
from backend.vitals.queries import held_sets
from backend.vitals.rules.kept import KeptDuty, values_of
from backend.vitals.rules.news2 import severity
from backend.vitals.rules.scales import unseen
from backend.vitals.rules.taken import governing, measured
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.vitals import Spo2ScaleSet
from shared_schemas.wire import HeldReason

NO_TARGET = Outcome(held=HeldReason.INVALID, detail=HeldDetail.SCALE_NEEDS_TARGET)
UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_STAY)
KEEP = """
insert into spo2_scale_setting
    (entry_id, stay_id, from_at, received_at, scale, conflict, prescriber, reason, target, author_staff_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
STRICTER = "update vital_signs set interval_band = $2 where entry_id = $1"


async def set_spo2_scale(work: Work, run: Sequence[Arrived[Spo2ScaleSet]]) -> list[Outcome]:
    """Put a scale in force; scale 2 needs its target. Who had not seen the setting before contradicts it."""
    return [await _set_scale(work, arrived) for arrived in run]


async def _set_scale(work: Work, arrived: Arrived[Spo2ScaleSet]) -> Outcome:
    body = arrived.body
    if body.scale == 2 and body.target is None:
        return NO_TARGET
    gathered = (await gather(work, {body.stay_id: work.now})).get(body.stay_id)
    if gathered is None:
        return UNKNOWN
    duty, settings = gathered.duty, gathered.kept.settings
    conflict = _contradicts(arrived, gathered)
    # A setting that arrives late does not reach back behind one that is already in force.
    from_at = max([arrived.observed_at, *(each.from_at for each in settings[-1:])])
    await work.connection.execute(
        KEEP, arrived.entry_id, body.stay_id, from_at, arrived.received_at, body.scale, conflict,
        body.prescriber, body.reason, body.target, arrived.author.staff_id,
    )  # fmt: skip
    duty = replace(
        duty,
        spo2_scale=1 if conflict else body.scale,
        scale_prescriber=body.prescriber,
        scale_reason=body.reason,
        scale_target=body.target,
        scale_set_at=from_at,
        scale_conflict=conflict,
        scale_version=duty.version + 1,
        scale_told_at=arrived.received_at,
    )
    await save_duty(work, gathered, duty)
    if conflict:
        await _shorten(work, gathered, duty)
    return Outcome(flags=(Flag.SCALE_CONFLICT,)) if conflict else APPLIED


def _contradicts(arrived: Arrived[Spo2ScaleSet], gathered: Gathered) -> bool:
    duty, body = gathered.duty, arrived.body
    if duty.scale_version is None or duty.scale_told_at is None:
        return False
    same = not duty.scale_conflict and (body.scale, body.target) == (duty.spo2_scale, duty.scale_target)
    return not same and unseen(body.base_version, duty.scale_version, arrived.observed_at, duty.scale_told_at)


async def _shorten(work: Work, gathered: Gathered, duty: KeptDuty) -> None:
    """While two settings contradict, the shorter of their intervals holds, for the set that governs now as well."""
    because = governing(gathered.kept.known)
    if because is None or because.no_score:
        return
    kept = (await held_sets(work.connection, [because.entry_id]))[because.entry_id]
    _, facts = measured(values_of(kept), 1, None, conflict=True)
    if severity(facts["interval_band"]) <= severity(because.interval_band):
        return
    await work.connection.execute(STRICTER, because.entry_id, facts["interval_band"].value)
    held = await gather(work, {duty.stay_id: work.now})
    await replan(work, held[duty.stay_id], duty, work.now)
