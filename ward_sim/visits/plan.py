"""A day of a home-care team: whom it cares for, who goes when, what the coordinator changes, who needs help."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ward_sim.beds.placing import admit
from ward_sim.bedside import Bedside
from ward_sim.hospital import Hospital, Ward
from ward_sim.instants import HOUR, MINUTE, SECOND
from ward_sim.nurse import Nurse
from ward_sim.physiology import new_body
from ward_sim.virtual_line import VirtualLine
from ward_sim.visits import sos
from ward_sim.visits.coordinator import Coordinator
from ward_sim.visits.list import about, planned, window
from ward_sim.visits.nurse import HomeNurse
from ward_sim.visits.places import home_of
from ward_sim.visits.shift import NURSES
from ward_sim.world import World

Json = dict[str, Any]
Act = Callable[[Coordinator], None]
VISITS_EACH = 4
_PATIENTS = NURSES * VISITS_EACH
# What becomes of the visits of a day, so that each happens in every day; the others go well.
_FATES = ("forgotten", "forgotten", "nobody_home", "not_visited", "well", "well", "well", "well", "well")
_GIVES_UP_AFTER = 3 * HOUR


@dataclass(slots=True)
class HomeDay:
    """What happens to a home-care team."""

    world: World
    hospital: Hospital
    team: Ward
    wards: Bedside
    die: random.Random
    people: list[Nurse]
    end_at: int
    names: set[str] = field(default_factory=set)
    stays: list[str] = field(default_factory=list)

    def plan(self, start_at: int) -> None:
        """The caseload and its visits within half an hour, changes of the plan from then on, an SOS or two."""
        for number in range(_PATIENTS):
            at = start_at + 12 * MINUTE + number * 40 * SECOND
            self.when(at, lambda charge, number=number: self._take_on(charge, number, start_at))
        for hours, act in self._ACTS:
            at = start_at + round(hours * HOUR) + self.die.randrange(40 * MINUTE)
            self.when(at, lambda charge, act=act: act(self, charge))
        for hours in (self.die.uniform(2.0, 5.5), self.die.uniform(6.0, 9.5)):
            self.world.at(start_at + round(hours * HOUR), self._needs_help)

    def share_fates(self) -> None:
        """What becomes of the visits of each nurse."""
        fates: list[str] = list(_FATES)
        self.die.shuffle(fates)
        nurses = [one for one in self.people if isinstance(one, HomeNurse)]
        for number, nurse in enumerate(nurses):
            nurse.fates = fates[number :: len(nurses)]

    def when(self, at: int, act: Act) -> None:
        """Let the coordinator on duty do something; when nobody is, the next one does."""
        until_at = min(self.end_at, at + _GIVES_UP_AFTER)

        def attempt() -> None:
            here = [one for one in reversed(self.people) if isinstance(one, Coordinator) and one.on_duty]
            if here:
                act(here[0])
            elif self.world.now < until_at:
                self.world.after(MINUTE, attempt)

        self.world.at(at, attempt)

    def next_visit(self, now: int) -> tuple[int, int]:
        """The window that a coordinator offers: tomorrow, by day."""
        from_at = max(self.end_at, now) + self.die.randrange(2 * HOUR, 8 * HOUR)
        return from_at, from_at + HOUR

    def _take_on(self, charge: Coordinator, number: int, start_at: int) -> None:
        """A patient comes into home care, with her address and today's visit; one waits for a plan, two are rung up."""
        now = self.world.now
        stay_id = admit(charge, self.hospital.patient(self.die.choice(["en", "ko", "zh", "vi"]), self.names), None, now)
        self.stays.append(stay_id)
        die = random.Random(self.die.random())
        self.wards.bodies[stay_id] = new_body(die, now, start_at + 8 * HOUR, ill_share=0.25)
        charge.save("home_described", {"stay_id": stay_id} | home_of(self.die))
        if number == _PATIENTS - 1:
            return
        staff_id = charge.nurses()[number % NURSES].staff_id
        from_at = start_at + 105 * MINUTE + (number // NURSES) * 105 * MINUTE + self.die.randrange(20 * MINUTE)
        charge.plan(stay_id, window(from_at, from_at + self.die.randrange(40, 75) * MINUTE), now, staff_id)
        if number < 2:
            call_at = start_at + 9 * HOUR + number * 20 * MINUTE
            charge.plan(stay_id, window(call_at, call_at + 40 * MINUTE), now, staff_id, "call")

    def _give_away(self, charge: Coordinator) -> None:
        """A visit goes to another nurse while the first has no network, who may be on her way already."""
        away = {
            n.staff_id for n in self.people if isinstance(n.tablet.line, VirtualLine) and n.tablet.line.offline_since
        }
        rows = [row for row in planned(charge.tablet) if row.get("staff_id") in away]
        if rows:
            charge.give_to_another(rows[0])

    def _move(self, charge: Coordinator) -> None:
        row = charge.some_visit(self.world.now)
        if row is not None:
            charge.move(row, self.world.now + 2 * HOUR, self.world.now + 3 * HOUR)

    def _cancel(self, charge: Coordinator) -> None:
        row = charge.some_visit(self.world.now)
        if row is not None:
            charge.save("visit_cancelled", about(row) | {"reason": "In the clinic today"})

    def _describe(self, charge: Coordinator) -> None:
        charge.save("home_described", {"stay_id": self.die.choice(self.stays)} | home_of(self.die))

    def _discharge(self, charge: Coordinator) -> None:
        """Home care ends for a patient; what was planned is not wanted any more."""
        stay_id = self.stays.pop()
        del self.wards.bodies[stay_id]
        charge.save("patient_discharged", {"stay_id": stay_id})

    def _needs_help(self) -> None:
        """A nurse who is on duty presses SOS, wherever she is; when nobody is, nobody does."""
        nurses = [one for one in self.people if isinstance(one, HomeNurse) and one.on_duty]
        if nurses:
            nurse = self.die.choice(nurses)
            sos.press(nurse, nurse.visiting)

    _ACTS: ClassVar[tuple[tuple[float, Callable[[Any, Coordinator], None]], ...]] = (
        (1.8, _give_away),
        (2.5, _describe),
        (3.2, _move),
        (4.0, _give_away),
        (5.0, _cancel),
        (9.6, _discharge),
        (10.5, _give_away),
    )


def plan_outages(line: VirtualLine, start_at: int) -> None:
    """A home-care nurse has no network from flat to flat; at noon and in the evening she has."""
    minute = line.die.randrange
    for from_hours, last_hours in ((1.6, 4.0), (6.4, 3.0)):
        from_at = start_at + round(from_hours * HOUR) + minute(25 * MINUTE)
        line.world.at(from_at, line.go_offline)
        line.world.at(from_at + round(last_hours * HOUR) + minute(40 * MINUTE), line.go_online)
    line.world.at(start_at + minute(HOUR, 10 * HOUR), line.restart)
