"""What a person's tablets say and when they sound: one updating notice, one sound in a while, storms (rule 11)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.alerts.rules.alert import NAMES
from backend.alerts.rules.timing import SEVERITY
from shared_schemas.alerts import AlertClass

SILENT = "silent"
# Notices that are not red wait this long, so that what falls due together is said once.
GATHER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Asking:
    """One person asked about one alert; `sound` is what the step would sound (`timing.sound`)."""

    alert_id: str
    step_id: str
    staff_id: str
    alert_class: AlertClass
    began_at: datetime
    sound: str = SILENT


@dataclass(frozen=True, slots=True)
class Sounding:
    """A notice to send at `ready_at` with this sound."""

    step_id: str
    staff_id: str
    sound: str
    ready_at: datetime


def in_order(askings: Iterable[Asking]) -> list[Asking]:
    """Red, amber, plain; oldest first."""
    return sorted(askings, key=lambda a: (-SEVERITY[a.alert_class], a.began_at, a.alert_id))


def soundings(
    askings: Iterable[Asking], free_at: datetime, now: datetime, gap: timedelta
) -> tuple[list[Sounding], datetime]:
    """When one person's new askings are shown and sounded, and from when her tablets may sound again.

    At most one sound in a gap: a red that must wait is shown at once and rings later, one by one; so does one amber;
    a plain that must wait stays silent.
    """
    made: list[Sounding] = []
    for asking in in_order(askings):
        shown_at = now if asking.alert_class is AlertClass.RED else now + GATHER
        sounds_at = max(shown_at, free_at)
        waits = sounds_at > shown_at
        longest = {AlertClass.RED: None, AlertClass.AMBER: gap, AlertClass.PLAIN: timedelta(0)}[asking.alert_class]
        mute = asking.sound == SILENT or (longest is not None and sounds_at - shown_at > longest)
        if mute or waits:
            made.append(Sounding(asking.step_id, asking.staff_id, SILENT, shown_at))
        if not mute:
            made.append(Sounding(asking.step_id, asking.staff_id, asking.sound, sounds_at))
            free_at = sounds_at + gap
    return made, free_at


@dataclass(frozen=True, slots=True)
class Words:
    """A notice before its language: a catalogue key with figures, the alert that it opens, and what it is known by."""

    alert_id: str
    step_id: str
    tag: str
    text_key: str
    text_params: dict[str, str | int]


def words(asked: Iterable[Asking], about: str, storm_of: int = 0) -> Words | None:
    """What a notice about the alert `about` says, given all askings that the person has now; None: answered meanwhile.

    A red stands alone. All others share one notice, known by its person, so that it updates in place whichever of them
    was answered. `storm_of`: so many plain alerts of the unit came at once that they are one notice for the unit.
    """
    askings = in_order(asked)
    this = next((asking for asking in askings if asking.alert_id == about), None)
    if this is None:
        return None
    if this.alert_class is AlertClass.RED:
        return Words(this.alert_id, this.step_id, this.alert_id, "alert.push.red", {})
    shared = [asking for asking in askings if asking.alert_class is not AlertClass.RED]
    oldest = min(shared, key=lambda asking: (asking.began_at, asking.alert_id))
    ambers = sum(asking.alert_class is AlertClass.AMBER for asking in shared)
    if storm_of and not ambers:
        key, count = "alert.push.storm", storm_of
    else:
        key, count = "alert.push.amber" if ambers else "alert.push.plain", len(shared)
    return Words(oldest.alert_id, oldest.step_id, shared_tag(this.staff_id), key, {"count": count})


def shared_tag(staff_id: str) -> str:
    """The tag of the one notice that a person's amber and plain alerts share; push services never see who she is."""
    return str(uuid.uuid5(NAMES, f"notice/{staff_id}"))
