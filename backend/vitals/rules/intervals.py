"""When the next set is due: the band's interval, and who or what makes it shorter or longer."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from backend.vitals.rules.news2 import severity
from backend.vitals.rules.taken import Taken, governs, in_time
from shared_schemas.alerts import AlertClass
from shared_schemas.policy import ObservationPolicy
from shared_schemas.vitals import Band

_BANDS = tuple(Band)
# The hours of sleep (docs/escalation.md, observation duty).
SLEEP_FROM, SLEEP_UNTIL = time(22), time(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What beside the score decides how often a stay is observed.

    `interval_minutes` was set by a person while the band was `interval_band`.
    """

    policy: ObservationPolicy
    zone: ZoneInfo
    admitted_at: datetime
    interval_minutes: int | None = None
    interval_band: Band | None = None


class NextSet(Struct, frozen=True, kw_only=True):
    """When the next set is due and why; `band` is None where no score exists."""

    because: Taken
    due_at: datetime
    interval_minutes: int
    band: Band | None


def duty_band(sets: Sequence[Taken]) -> Band | None:
    """The band that sets the interval: intervals lengthen by one band per complete set, and shorten at once.

    `sets` are complete, newest first; a set's band counts one band less for each complete set after it.
    """
    held = [severity(each.interval_band) - sets_after for sets_after, each in enumerate(sets[: len(_BANDS)])]
    strictest = max(held, default=-1)
    return None if strictest < 0 else _BANDS[strictest]


def interval_minutes(band: Band | None, rhythm: Rhythm, observed_at: datetime) -> int:
    """Minutes to the next set. A person's longer interval holds only while the band is no worse than it was then."""
    policy = rhythm.policy
    by_score = policy.no_score_minutes if band is None else policy.interval_minutes[band.value]
    minutes = by_score
    by_person = rhythm.interval_minutes
    if by_person is not None and (
        band is None or by_person <= by_score or severity(band) <= severity(rhythm.interval_band)
    ):
        minutes = by_person
    if observed_at < rhythm.admitted_at + timedelta(hours=policy.early_hours):
        minutes = min(minutes, policy.early_longest_minutes)
    return minutes


def next_set(sets: Sequence[Taken], rhythm: Rhythm) -> NextSet | None:
    """The set that is due after these, counted from when the governing one was observed; None: none was complete."""
    complete = sorted((each for each in sets if each.complete), key=in_time)
    return next_of(complete, rhythm) if complete else None


def next_of(complete: Sequence[Taken], rhythm: Rhythm) -> NextSet:
    """The same after complete sets in the order in which they were observed, one at least."""
    because = governs(complete)
    older = bisect_left(complete, because.observed_at, key=in_time)
    newest_first = [because, *complete[max(older - len(_BANDS) + 1, 0) : older][::-1]]
    band = None if because.no_score else duty_band(newest_first)
    minutes = interval_minutes(band, rhythm, because.observed_at)
    due_at = because.observed_at + timedelta(minutes=minutes)
    if band is Band.ZERO and rhythm.policy.sleep_skips_zero:
        due_at = _after_sleep(due_at, rhythm.zone)
    return NextSet(because=because, due_at=due_at, interval_minutes=minutes, band=band)


def _after_sleep(due_at: datetime, zone: ZoneInfo) -> datetime:
    local = due_at.astimezone(zone)
    if SLEEP_UNTIL <= local.time() < SLEEP_FROM:
        return due_at
    morning = local.replace(hour=SLEEP_UNTIL.hour, minute=SLEEP_UNTIL.minute, second=0, microsecond=0)
    if local.time() >= SLEEP_FROM:
        morning += timedelta(days=1)
    return morning.astimezone(due_at.tzinfo)


def overdue_class(sets: Sequence[Taken], plan: NextSet | None) -> AlertClass:
    """As what the set that is due after these would be overdue.

    Amber by the band of the plan, or by an incomplete set that no complete one has followed.
    """
    planned_at = plan.because.observed_at if plan else None
    since = [each for each in sets if not each.complete and (planned_at is None or each.observed_at > planned_at)]
    at_risk = [is_at_risk(each.interval_band) or bool(each.unobtainable) for each in since]
    return AlertClass.AMBER if any(at_risk) or (plan and is_at_risk(plan.band)) else AlertClass.PLAIN


def is_at_risk(band: Band | None) -> bool:
    """A single 3, or NEWS2 of 5 and more: an overdue set of this patient is amber (docs/escalation.md)."""
    return severity(band) >= severity(Band.LOW_MEDIUM)
