"""Whether a set asks for a response, and whether it alerts again within an open episode (escalation, rule 16)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from backend.alerts.rules.episodes import Standing, alerts_again
from backend.vitals.rules.news2 import NEWS2, severity
from backend.vitals.rules.taken import Taken, governing
from shared_schemas.alerts import AlertClass
from shared_schemas.vitals import Band, Parameter

Params = dict[str, str | int]
_CLASS_BY_BAND = {name: AlertClass(row["alert_class"]) for name, row in NEWS2["response"].items() if row["alert_class"]}
# From SPOT NPEWS C3.8: a set up to ten minutes in the past counts as charted at once.
_PROMPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Episode:
    """The open response of a stay: the set that alerted last. `task_id` None: it is opened in this transaction.

    `band` is `high` for a sign that could not be obtained.
    """

    task_id: str | None
    band: Band
    figure: int
    threes: frozenset[str]
    unobtainable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """An open response: the set that opened it, the bands that opened it and alerted last, all sets seen since."""

    opened_by: str
    opened_at: datetime
    bands: list[Band]
    since: list[Taken]


def is_better(opened: Opened) -> bool:
    """Whether a closing note is honoured (rule 6): the governing set since is below each band that asked.

    A newer incomplete set that asks for a response itself, or lacks a sign that could not be obtained, speaks against.
    """
    governs = governing(opened.since)
    if governs is None or governs.band is None or governs.entry_id == opened.opened_by:
        return False
    if any(severity(governs.band) >= severity(band) for band in opened.bands):
        return False
    later = [one for one in opened.since if not one.complete and one.observed_at >= governs.observed_at]
    return not any(one.unobtainable or response_class(one) for one in later)


def response_class(one: Taken) -> AlertClass | None:
    """Red, amber, or none needed. A lower bound asks as a total does: of 5 and more, or with any 3."""
    if one.unobtainable:
        return AlertClass.RED
    return _CLASS_BY_BAND.get(one.band.value) if one.band else None


def joined(episode: Episode | None, one: Taken) -> tuple[Episode, bool]:
    """The episode with this set in it, and whether the set alerts: it opens one, or is worse than what alerted last."""
    task_id = episode.task_id if episode else None
    band = Band.HIGH if one.unobtainable or one.band is None else one.band
    asks = Episode(task_id, band, one.figure, one.threes, frozenset(one.unobtainable))
    if episode is None:
        return asks, True
    worse = bool(asks.unobtainable - episode.unobtainable) or alerts_again(_standing(episode), _standing(asks))
    return (asks, True) if worse else (episode, False)


def _standing(episode: Episode) -> Standing:
    return Standing(episode.band, episode.figure, frozenset(map(Parameter, episode.threes)))


def why(one: Taken) -> tuple[str, Params]:
    """The catalogue key of the reason and its figures; of a late set the sentence has both its times."""
    params: Params = {"observed_at": _instant(one.observed_at), "received_at": _instant(one.received_at)}
    prefix = "cause.late." if one.received_at - one.observed_at > _PROMPT else "cause."
    if one.unobtainable:
        return f"{prefix}unobtainable.{one.unobtainable[0]}", params
    if one.no_score:
        return "cause.no_score", params
    params["total"] = one.figure
    if not one.complete:
        return f"{prefix}lower_bound", params
    single = bool(one.threes) and one.figure < NEWS2["response"]["medium"]["totals"][0]
    return f"{prefix}single_3" if single else f"{prefix}score", params


def _instant(at: datetime) -> str:
    return msgspec.json.encode(at)[1:-1].decode()  # several times as fast as `isoformat`
