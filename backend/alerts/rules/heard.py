"""Which askings a person has not heard, and when they ring now that a tablet of hers listens (rules 7, 11)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.alerts.rules.notices import SILENT, Asking, Sounding, soundings
from backend.alerts.rules.sending import Fate

# Ends of a ring of which we know that no tablet got it.
UNSENT = {Fate.NOBODY_LISTENS, Fate.GIVEN_UP}


@dataclass(frozen=True, slots=True)
class Ringing:
    """Somebody who is asked now, the loudest ring of that asking in the outbox, and what her tablets told of it.

    `fate` and `done_at` are None while the ring waits for `ready_at`. `pushed`: a push service took the same sound.
    """

    asking: Asking
    delivery_id: str
    ready_at: datetime
    done_at: datetime | None
    fate: Fate | None
    shown: bool
    opened: bool
    pushed: bool


def unheard(ringing: Ringing, *, came_back: bool) -> bool:
    """True when no tablet of hers is known to have sounded it.

    Shown alone is no proof of a sound: a feed shows in silence, only a push that was shown has sounded. A ring that
    was sent and never shown may have gone into a socket that was dead already; that shows when she comes back.
    """
    if ringing.opened:
        return False
    if ringing.fate in UNSENT:
        return not (ringing.shown and ringing.pushed)
    return came_back and ringing.fate is Fate.SENT and not ringing.shown


def rung_again(
    hers: Iterable[Ringing], came_back: Collection[str], now: datetime, gap: timedelta
) -> tuple[dict[str, Sounding], datetime] | None:
    """When one person's unheard askings sound, by delivery, and from when she may be rung after; None: all was heard.

    Her rings that still wait move along, so that there stays one sound in a gap; a sound that nobody heard takes none.
    """
    ringings = list(hers)
    again = [each for each in ringings if unheard(each, came_back=each.asking.staff_id in came_back)]
    if not again:
        return None
    waiting = [each for each in ringings if each.fate is None and each.ready_at > now]
    free_at = max((at + gap for at in map(_rang_at, ringings) if at and at <= now), default=now)
    timed, free_again_at = soundings([each.asking for each in again + waiting], free_at, now, gap)
    last = {sounding.step_id: sounding for sounding in timed}  # what must wait is shown by the feed meanwhile
    return {each.delivery_id: last[each.asking.step_id] for each in again + waiting}, free_again_at


def _rang_at(ringing: Ringing) -> datetime | None:
    """When it sounded last; what is due is on its way and counts from its turn."""
    if ringing.asking.sound == SILENT:
        return None
    return {Fate.SENT: ringing.done_at, None: ringing.ready_at}.get(ringing.fate)
