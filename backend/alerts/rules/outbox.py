"""Which leased deliveries become which messages: one a red, one for all else, none for what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backend.alerts.rules.notices import SILENT, Asking, Words, words
from shared_schemas.alerts import AlertClass

LOUDNESS = (SILENT, "vibrate", "tone", "ring")


@dataclass(frozen=True, slots=True)
class Leased:
    """One row of the outbox in this worker's hands."""

    delivery_id: str
    channel: str
    step_id: str | None
    staff_id: str | None
    device_id: str | None
    sound: str
    attempts: int
    alert_id: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A message to one person's tablet (or to all her sockets), and the rows that it settles."""

    rows: tuple[Leased, ...]
    words: Words
    alert_class: AlertClass
    sound: str
    many: bool = False


@dataclass(slots=True)
class Plan:
    """What to send, and the rows that nobody waits for any more."""

    rings: list[Told] = field(default_factory=list)
    pushes: list[Told] = field(default_factory=list)
    answered: list[Leased] = field(default_factory=list)


def plan(leased: Iterable[Leased], asked: Mapping[str, list[Asking]], storms: Mapping[str, int]) -> Plan:
    """Rings one by one, as tablets group them on the screen; pushes of a tablet grouped into one notice, reds alone.

    `asked`: all that each person is asked about now; `storms`: by person, the plain alerts that came at once in her
    unit.
    """
    made = Plan()
    shared: dict[tuple[str, str], list[Leased]] = {}
    for row in leased:
        askings = asked.get(row.staff_id or "", [])
        this = next((asking for asking in askings if asking.alert_id == row.alert_id), None)
        if this is None:
            made.answered.append(row)
        elif row.channel == "ring":
            about = Words(this.alert_id, this.step_id, this.alert_id, "", {})
            made.rings.append(Told((row,), about, this.alert_class, row.sound))
        elif this.alert_class is AlertClass.RED:
            said = words(askings, this.alert_id)
            assert said is not None
            made.pushes.append(Told((row,), said, this.alert_class, row.sound))
        else:
            shared.setdefault((row.staff_id or "", row.device_id or ""), []).append(row)
    for (staff_id, _), rows in shared.items():
        askings = asked[staff_id]
        said = words(askings, rows[0].alert_id or "", storms.get(staff_id, 0))
        assert said is not None
        others = [asking for asking in askings if asking.alert_class is not AlertClass.RED]
        loudest = max((row.sound for row in rows), key=LOUDNESS.index)
        highest = AlertClass.AMBER if any(a.alert_class is AlertClass.AMBER for a in others) else AlertClass.PLAIN
        made.pushes.append(Told(tuple(rows), said, highest, loudest, many=len(others) > 1))
    return made
