"""A scenario: some tablets of two units for a few hours, who holds them, and what was pressed on them."""

import random
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ward_sim.chaos.ground import START_AT, Desk, Ground
from ward_sim.chaos.judge.book import Book
from ward_sim.chaos.network import ChaosLine, ChaosNetwork
from ward_sim.chaos.people.about_places import admit
from ward_sim.chaos.people.choose import next_words
from ward_sim.chaos.people.pen import Pen, Said
from ward_sim.chaos.server import MortalServer
from ward_sim.core import Core
from ward_sim.hospital import Person
from ward_sim.instants import DAY, MINUTE, SECOND, instant
from ward_sim.storage import Crashed
from ward_sim.tablet import Tablet
from ward_sim.world import World

Json = dict[str, Any]
LASTS = 45 * MINUTE
END_AT = START_AT + LASTS


@dataclass(slots=True)
class Pressed:
    """What somebody saved. `at`: the true instant; `ticked`: she was told that it is saved, and so it is for ever."""

    seat: "Seat"
    entry: Json
    body: Json
    staff_id: str
    at: int
    skew_ms: int
    ticked: bool
    odd: str = ""

    @property
    def entry_id(self) -> str:
        """Its idempotency key."""
        return self.entry["entry_id"]


@dataclass(slots=True, eq=False)
class Seat:
    """A tablet in somebody's hands."""

    desk: Desk
    tablet: Tablet
    line: ChaosLine
    people: list[Person] = field(default_factory=list)
    is_closed: bool = False


@dataclass(slots=True)
class Scenario:
    """All that takes part, and the book of what was found."""

    seed: int
    die: random.Random
    ground: Ground
    world: World
    server: MortalServer
    network: ChaosNetwork
    book: Book
    seats: list[Seat] = field(default_factory=list)
    pressed: list[Pressed] = field(default_factory=list)
    restores: list[tuple[int, int]] = field(default_factory=list)
    healed_at: int = 0

    async def restore(self, name: str) -> None:
        """The machine is lost; another one starts with the backup, if there is one."""
        if self.healed_at == 0:
            self.restores.append((self.world.now, self.server.restores))
            await self.server.restore(name, instant(self.world.now))
            self.network.stepped_at = self.world.now

    @property
    def units(self) -> list[str]:
        """The units that take part."""
        return list(dict.fromkeys(seat.tablet.unit_id for seat in self.seats))

    def tap(self, tap: Any) -> None:
        """Let something see all that passes."""
        self.network.taps.append(tap)

    def sit_down(self, cores: Any, mutant: str | None) -> None:
        """Choose two units and three or four of their tablets; clocks are wrong by minutes, or by a day."""
        desks = list(self.ground.desks)
        left_out = self.die.choice(list(dict.fromkeys(desk.unit.unit_id for desk in desks)))
        desks = [desk for desk in desks if desk.unit.unit_id != left_out]
        if self.die.random() < 0.4:
            desks.pop(self.die.randrange(len(desks)))
        for number, desk in enumerate(desks):
            day_off = self.die.random() < 0.25
            skew = self.die.choice((1, -1)) * (DAY if day_off else self.die.randrange(8 * MINUTE))
            line = ChaosLine(self.network, random.Random(self.die.random()), number, skew)
            core: Core | None = cores(number) if cores else None
            tablet = Tablet(desk.device, line, self.die.getrandbits(62), mutant, core)
            line.tablet = tablet
            seat = Seat(desk, tablet, line)
            self.seats.append(seat)
            tablet.start()
            for person, session in desk.people:
                tablet.sign_in(session)
                seat.people.append(person)

    def plan_acts(self) -> None:
        """Patients come at once; then somebody does something every few minutes."""
        for seat in self.seats:
            for number in range(self.die.randrange(2, 4)):
                self.world.at(START_AT + (10 + 20 * number) * SECOND, lambda s=seat: self.admit(s))
        for _ in range(self.die.randrange(25, 55)):
            seat = self.die.choice(self.seats)
            at = START_AT + self.die.randrange(2 * MINUTE, LASTS)
            for burst in range(self.die.choice((1, 1, 1, 2, 3))):
                self.world.at(at + burst * self.die.randrange(SECOND, 20 * SECOND), lambda s=seat: self.act(s))

    def pen(self, seat: Seat, person: Person | None = None) -> Pen | None:
        """Somebody who is signed in there, or this person if she is, when the app is open."""
        here = [one for one in seat.people if one.staff_id in seat.tablet.sessions]
        if not here or not seat.tablet.alive or (person is not None and person not in here):
            return None
        return Pen(person or self.die.choice(here), seat.tablet, self.die, self.units)

    def act(self, seat: Seat) -> None:
        """Somebody does something."""
        pen = self.pen(seat)
        if pen is not None:
            self.say(seat, pen, next_words(pen, at_home=seat.desk.unit.kind == "home"))

    def admit(self, seat: Seat) -> None:
        """Somebody who may, admits a patient."""
        for person in seat.people:
            pen = self.pen(seat, person)
            said = admit(pen) if pen is not None else None
            if pen is not None and said is not None:
                self.say(seat, pen, said)
                return

    def say(self, seat: Seat, pen: Pen, said: Said | None) -> Pressed | None:
        """She presses Save; the app may die of it before or after the tick."""
        if said is None:
            return None
        type_name, body = said
        staff_id = pen.person.staff_id
        before = set(seat.tablet.storage.entries)
        try:
            seat.tablet.save(staff_id, type_name, body)
        except Crashed:
            stored = [kept for key, kept in seat.tablet.storage.entries.items() if key not in before]
            for kept in stored:
                self.note(seat, kept["entry"], staff_id, ticked=False)
            return None
        entry = seat.tablet.ledger.saved[next(reversed(seat.tablet.ledger.saved))].entry
        return self.note(seat, entry, staff_id, ticked=True)

    def note(self, seat: Seat, entry: Json, staff_id: str, *, ticked: bool, odd: str = "") -> Pressed:
        """Write down what was pressed."""
        body = msgspec.json.decode(entry["body"])
        pressed = Pressed(seat, entry, body, staff_id, self.world.now, seat.line.skew_ms, ticked, odd)
        self.pressed.append(pressed)
        return pressed

    def close_app(self, seat: Seat) -> None:
        """The app has died; somebody opens it again in a while, and looks at what it still knows."""
        if seat.is_closed:
            return
        seat.is_closed = True
        self.world.after(self.die.randrange(2 * SECOND, 90 * SECOND), lambda: self.reopen(seat))

    async def reopen(self, seat: Seat) -> None:
        """The app starts with what storage holds; whether that is whole is a question at once."""
        if not seat.is_closed:
            return
        seat.is_closed = False
        await self.book.look_at_storage(self, seat)
        seat.tablet.start()
