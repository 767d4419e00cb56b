"""A set at the bedside as observation duty sees it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from msgspec import Struct

from backend.vitals.rules.news2 import NEWS2, news2, severity
from backend.vitals.rules.plausibility import scorable
from shared_schemas.vitals import Band, NoScoreReason, NotDoneReason, Parameter, Score, VitalSigns

# Two sets so near each other are one observation (docs/escalation.md, observation duty).
SAME_TIME = timedelta(minutes=2)
# Signs whose absence in the patient is an emergency, not a gap (docs/escalation.md, observation duty).
RED_WHEN_UNOBTAINABLE = {
    one: NEWS2["parameters"][one.value]["field"]
    for one in (Parameter.RESPIRATORY_RATE, Parameter.SPO2, Parameter.SYSTOLIC, Parameter.PULSE)
}


class Taken(Struct, frozen=True, kw_only=True):
    """What counts of a set. `band` and `figure` are those of the lower bound when the set is incomplete.

    `interval_band` sets the interval: that of the stricter scale while two settings conflict. `missing` is what the
    observation task still asks for; `threes` are the parameters that score 3.
    """

    entry_id: str
    stay_id: str
    observed_at: datetime
    received_at: datetime
    complete: bool
    band: Band | None = None
    interval_band: Band | None = None
    figure: int = 0
    threes: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    unobtainable: tuple[str, ...] = ()
    no_score: NoScoreReason | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Greater is worse."""
        return severity(self.band), self.figure


def measured(values: VitalSigns, scale: int, no_score: NoScoreReason | None, *, conflict: bool) -> tuple[Score, dict]:
    """The score, and the fields of `Taken` that follow from the values. A device's impossible values do not count."""
    counted, _ = scorable(values)
    score = news2(counted, scale)
    missing = score.missing
    if no_score:
        # Without a score a set is complete when each sign has its value or its reason.
        excused = {each.parameter for each in values.not_done}
        missing = [one for one in missing if one not in excused]
        score = Score(spo2_scale=scale, no_score=no_score)
    bands = [news2(counted, each).band for each in (1, 2)] if conflict else [score.band]
    return score, {
        "complete": not missing,
        "band": score.band,
        "interval_band": None if no_score else max(bands, key=severity),
        "figure": score.lower_bound,
        "threes": frozenset(name for name, points in score.sub_scores.items() if points == 3),
        "missing": tuple(one.value for one in missing),
        "unobtainable": tuple(one.value for one in unobtainable(counted)),
        "no_score": no_score,
    }


def unobtainable(values: VitalSigns) -> list[Parameter]:
    """Vital signs that somebody tried to measure and could not find in the patient."""
    tried = {each.parameter for each in values.not_done if each.reason is NotDoneReason.UNOBTAINABLE}
    return [one for one, field in RED_WHEN_UNOBTAINABLE.items() if one in tried and getattr(values, field) is None]


in_time = attrgetter("observed_at")


def governing(sets: Iterable[Taken]) -> Taken | None:
    """The complete set that governs: the newest, or the worst within two minutes of it; None: there is none."""
    complete = sorted((each for each in sets if each.complete), key=in_time)
    return governs(complete) if complete else None


def governs(complete: Sequence[Taken]) -> Taken:
    """The same of complete sets in the order in which they were observed, one at least."""
    since = complete[-1].observed_at - SAME_TIME
    near = complete[bisect_left(complete, since, key=in_time) :]
    return max(near, key=lambda each: (each.rank, each.observed_at, each.entry_id))


class InOrder:
    """Sets of a stay in the order in which they were observed, so that neighbours in time are found at once."""

    def __init__(self, sets: Iterable[Taken]) -> None:
        self._sets = sorted(sets, key=in_time)
        self._instants = [each.observed_at for each in self._sets]
        complete = [each.observed_at for each in self._sets if each.complete]
        self._complete_until = complete[-1] if complete else None

    def near(self, one: Taken) -> list[Taken]:
        """Other sets so near in time that a person must say which is right."""
        at = one.observed_at
        first = bisect_left(self._instants, at - SAME_TIME)
        behind = bisect_right(self._instants, at + SAME_TIME)
        return [each for each in self._sets[first:behind] if each.entry_id != one.entry_id]

    def overtook(self, one: Taken) -> bool:
        """A newer complete set speaks for the patient; one so near that it is the same observation only if as bad."""
        at = one.observed_at
        if self._complete_until is None or self._complete_until <= at:
            return False
        if self._complete_until - at > SAME_TIME:
            return True
        return any(each.complete and each.observed_at > at and each.rank >= one.rank for each in self.near(one))
