"""Sets at the bedside: scored with the scale in force and kept, with what follows from them, set-wise."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import asdict

from backend.access.rules import REGISTERED
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.vitals.actions.duty import first_duties
from backend.vitals.actions.effects import apply_effects
from backend.vitals.actions.gather import Gathered, gather, stays_of
from backend.vitals.actions.late import tell_late_sets
from backend.vitals.actions.write import save_sets
from backend.vitals.queries import held_without
from backend.vitals.rules.charting import Said, charted
from backend.vitals.rules.kept import KeptSet, flagged, newer
from backend.vitals.rules.plausibility import outside_hard, scorable
from backend.vitals.rules.scales import scale_at
from backend.vitals.rules.taken import SAME_TIME, Taken, measured
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.vitals import Band, Source, VitalSigns, VitalSignsCharted
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_STAY)
Charted = Arrived[VitalSignsCharted]


async def chart_vital_signs(work: Work, run: Sequence[Charted]) -> list[Outcome]:
    """Keep sets with their scores, plan the next ones, open or worsen the responses. Nothing measured is refused."""
    since_at = {}
    for arrived in sorted(run, key=lambda each: each.observed_at, reverse=True):
        since_at[arrived.body.stay_id] = arrived.observed_at - SAME_TIME
    stays = await gather(work, since_at)
    kept: dict[str, KeptSet] = {}
    by_stay: dict[str, list[tuple[Taken, Charted]]] = {}
    for arrived in run:
        gathered = stays.get(arrived.body.stay_id)
        if gathered is not None:
            one, taken = scored(arrived, arrived.body.values, gathered)
            kept[one.entry_id] = flagged(one, *_said_flags(arrived, taken, gathered))
            by_stay.setdefault(one.stay_id, []).append((taken, arrived))
    decided = []
    twins: set[str] = set()
    for stay_id, sets in by_stay.items():
        gathered = stays[stay_id]
        after = charted(gathered.before(work.now), [(taken, _said(arrived, gathered)) for taken, arrived in sets])
        for entry_id, flags in after.flags.items():
            kept[entry_id] = flagged(kept[entry_id], *flags)
        twins |= after.twins
        author = max(sets, key=lambda each: each[0].observed_at)[1].author.staff_id
        decided.append((gathered, after, author))
    feeds = {stay_id: gathered.stay.feed for stay_id, gathered in stays.items()}
    await save_sets(work, [*kept.values(), *await _flagged_twins(work, twins - kept.keys())], feeds)
    await tell_late_sets(work, kept.values(), stays_of(stays.values()))
    await first_duties(work, stays.values())
    await apply_effects(work, decided)
    return [_outcome(kept.get(arrived.entry_id)) for arrived in run]


def scored(arrived: Arrived, values: VitalSigns, gathered: Gathered) -> tuple[KeptSet, Taken]:
    """The set with the score of the scale in force when it was observed."""
    scale, conflict = scale_at(gathered.kept.settings, arrived.observed_at)
    score, facts = measured(values, scale, gathered.no_score(arrived.observed_at), conflict=conflict)
    _, invalid = scorable(values)
    implausible = outside_hard(values) if values.source is Source.NURSE else []
    instants = {"observed_at": arrived.observed_at, "received_at": arrived.received_at}
    identity = {"entry_id": arrived.entry_id, "stay_id": gathered.stay.stay_id}
    kept = KeptSet(
        **identity,
        **instants,
        recorded_at=arrived.recorded_at,
        author_staff_id=arrived.author.staff_id,
        **asdict(values),
        **asdict(score),
        complete=facts["complete"],
        interval_band=facts["interval_band"],
        monitor_attached=getattr(arrived.body, "monitor_attached", None),
        invalid=invalid,
        flags=[
            *arrived.flags,
            *([Flag.RECEIVED_AFTER_DEPARTURE] if gathered.stay.departed_at else []),
            *([Flag.IMPLAUSIBLE] if implausible else []),
            *([Flag.SCALE_CONFLICT] if conflict else []),
            *([Flag.DEVICE_INVALID] if invalid else []),
        ],
    )
    return kept, Taken(**identity, **instants, **facts)


def _back_dated(arrived: Charted, gathered: Gathered) -> bool:
    limit = timedelta(minutes=gathered.policy.observation.back_dated_minutes)
    return arrived.recorded_at - arrived.observed_at > limit


def _registered(arrived: Charted, gathered: Gathered) -> bool:
    return not REGISTERED.isdisjoint(arrived.author.roles_in(gathered.stay.unit_id))


def _said(arrived: Charted, gathered: Gathered) -> Said:
    """A registered nurse may be acting, or of a set back-dated by more than ten minutes say "already escalated".

    Either way the alert is hers until its attend limit: only an outcome ends it.
    """
    escalated = arrived.body.already_escalated and _back_dated(arrived, gathered)
    answers = (arrived.body.acting or escalated) and _registered(arrived, gathered)
    return Said(accepted_by=arrived.author.staff_id if answers else None)


def _escalated_flag(arrived: Charted, gathered: Gathered) -> Flag:
    if not _registered(arrived, gathered):
        return Flag.NOT_REGISTERED
    return Flag.ALREADY_ESCALATED if _back_dated(arrived, gathered) else Flag.NOT_BACK_DATED


def _said_flags(arrived: Charted, taken: Taken, gathered: Gathered) -> list[Flag]:
    flags: list[Flag] = []
    if arrived.body.already_escalated:
        flags.append(_escalated_flag(arrived, gathered))
    if arrived.body.monitor_attached is False and taken.band is Band.HIGH:
        flags.append(Flag.NO_MONITOR)
    used = arrived.body.spo2_scale_used
    if used is not None and used != scale_at(gathered.kept.settings, arrived.observed_at)[0]:
        flags.append(Flag.SCALE_DIFFERS)
    return flags


async def _flagged_twins(work: Work, entry_ids: set[str]) -> list[KeptSet]:
    """Known sets within two minutes of a new one: both are kept, both flagged, one version up."""
    if not entry_ids:
        return []
    unflagged = await held_without(work.connection, entry_ids, Flag.SAME_TIME)
    return [newer(flagged(twin, Flag.SAME_TIME)) for twin in unflagged]


def _outcome(kept: KeptSet | None) -> Outcome:
    if kept is None:
        return UNKNOWN
    return Outcome(flags=tuple(kept.flags)) if kept.flags else APPLIED
