"""A person with a tablet in her hand, and what its screen shows her."""

import random
from dataclasses import dataclass
from typing import Any

from ward_sim.hospital import Person
from ward_sim.instants import instant_text
from ward_sim.tablet import Tablet

Json = dict[str, Any]
Said = tuple[str, Json]
OPEN = ("ready", "accepted", "on-hold")
REGISTERED = frozenset({"ward_nurse", "charge_nurse", "home_care_nurse"})
LEADING = frozenset({"charge_nurse", "coordinator"})


@dataclass(frozen=True, slots=True)
class Pen:
    """Who writes, on which tablet, by which die; `units` are all the units that take part, hers first."""

    person: Person
    tablet: Tablet
    die: random.Random
    units: list[str]

    @property
    def is_registered(self) -> bool:
        """She may admit, move, discharge and plan."""
        return self.person.role in REGISTERED

    @property
    def leads(self) -> bool:
        """She answers what waits in the unit's tray."""
        return self.person.role in LEADING

    def rows(self, kind: str) -> list[Json]:
        """The rows of a type on her screen, in an order that does not hang on the server's own ids."""
        return sorted(self.tablet.rows(kind), key=_order)

    def one_of(self, rows: list[Json]) -> Json | None:
        """Some row."""
        return self.die.choice(rows) if rows else None

    def stay(self) -> Json | None:
        """Some patient who is here."""
        return self.one_of([row for row in self.rows("stay") if not row.get("departed_at")])

    def later(self, minutes: int) -> str:
        """An instant by the tablet's own clock."""
        return instant_text(self.tablet.line.device_now() + minutes * 60_000)

    def words(self, what: str) -> str:
        """A text that nobody else writes."""
        return f"{what} {self.die.randrange(10**9)}"

    def new_id(self) -> str:
        """An id made on the tablet."""
        bits = self.die.getrandbits(74)
        at = self.tablet.line.device_now() & (2**48 - 1)
        text = f"{at << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (2**62 - 1):032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _order(row: Json) -> tuple[str, ...]:
    names = ("observed_at", "due_at", "text", "planned_at", "admitted_at", "began_at", "stay_id", "kind", "bed_id")
    return tuple(str(row.get(name) or "") for name in names)
