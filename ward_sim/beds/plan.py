"""A day of one ward's beds: who comes, goes, moves and is away, and what the charge nurse on duty does about it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ward_sim.beds import board, placing
from ward_sim.bedside import Bedside
from ward_sim.hospital import Hospital, Ward
from ward_sim.instants import HOUR, MINUTE, instant_text
from ward_sim.nurse import Nurse
from ward_sim.physiology import new_body
from ward_sim.virtual_line import VirtualLine
from ward_sim.world import World

Json = dict[str, Any]
Act = Callable[[Nurse], None]
# Two of twelve beds stand empty in the morning, so that people can come and move before others have gone.
PATIENTS = 10
_GIVES_UP_AFTER = 3 * HOUR


@dataclass(slots=True)
class WardDay:
    """What happens to the beds of a ward; `other` is the ward to which patients are transferred."""

    world: World
    hospital: Hospital
    ward: Ward
    wards: Bedside
    die: random.Random
    nurses: list[Nurse]
    end_at: int
    other: "WardDay | None" = None
    names: set[str] = field(default_factory=set)

    def plan(self, start_at: int) -> None:
        """Fill the ward in the first half hour, and let something happen every hour or so."""
        first_at = start_at + 10 * MINUTE
        for number in range(PATIENTS):
            self.when(first_at + number * MINUTE, self.admit)
        for hours, act in self._ACTS:
            at = start_at + round(hours * HOUR) + self.die.randrange(45 * MINUTE)
            self.when(at, lambda charge, act=act: act(self, charge))

    def when(self, at: int, act: Act) -> None:
        """Let the charge nurse who is then on duty do something; when nobody is, the next one does."""
        until_at = min(self.end_at, at + _GIVES_UP_AFTER)

        def attempt() -> None:
            charge = next(iter(self.on_duty("charge")), None)
            if charge is not None:
                act(charge)
            elif self.world.now < until_at:
                self.world.after(MINUTE, attempt)

        self.world.at(at, attempt)

    def on_duty(self, post: str) -> list[Nurse]:
        """Return who is on duty here and signed in, the one who came last first."""
        here = [n for n in reversed(self.nurses) if n.turn.unit_id == self.ward.unit_id and n.turn.post == post]
        return [n for n in here if n.on_duty]

    def new_patient(self, stay_id: str) -> None:
        """A real person comes with the stay, and care is begun soon."""
        die = random.Random(self.die.random())
        self.wards.bodies[stay_id] = new_body(die, self.world.now, self.end_at - 3 * HOUR, ill_share=0.35)
        self.soon(10, 25, lambda charge: self.start_care(stay_id, charge))

    def identity(self) -> Json:
        """Return the wristband of somebody who is not here yet."""
        return self.hospital.patient(self.die.choice(["en", "ko", "zh", "vi"]), self.names)

    def soon(self, shortest: int, longest: int, act: Act) -> None:
        """Let the charge nurse do something in so many minutes."""
        self.when(self.world.now + self.die.randrange(shortest, longest) * MINUTE, act)

    def some_stay(self, charge: "Nurse") -> str | None:
        """Return a patient who lies in a bed on her tablet and is really there."""
        stays = sorted(stay_id for stay_id, stay in board.present(charge.tablet).items() if stay.get("bed_id"))
        there = [stay_id for stay_id in stays if stay_id in self.wards.bodies and stay_id not in self.wards.away]
        return self.die.choice(there) if there else None

    def admit(self, charge: "Nurse") -> None:
        """Admit somebody into the first bed that her tablet shows clean and free."""
        free = board.free_beds(charge.tablet, self.world.now)
        bed_id = free[0] if free else None
        self.new_patient(placing.admit(charge, self.identity(), bed_id, self.world.now))

    def start_care(self, stay_id: str, charge: "Nurse") -> None:
        """Rounds for most, turning for those in bed; templates are the server's own."""
        reference = charge.tablet.feeds["reference"].rows
        templates = [row for (kind, _), (_, row) in reference.items() if kind == "care_template"]
        by_kind = {row["kind"]: row for row in templates}
        for kind, share, minutes in (("round", 0.6, 120), ("turning", 0.35, 120)):
            if kind in by_kind and self.die.random() < share:
                charge.start_care(stay_id, by_kind[kind]["template_id"], minutes)

    def plan_by_hand(self, charge: "Nurse") -> None:
        """A task that somebody thinks of."""
        stay_id = self.some_stay(charge)
        if stay_id is not None:
            charge.plan_by_hand(stay_id, self.world.now)

    def leave(self, charge: "Nurse") -> None:
        """A patient goes home for some hours and comes back."""
        stay_id = self.some_stay(charge)
        if stay_id is None:
            return
        back_at = instant_text(self.world.now + 3 * HOUR)
        away = {"stay_id": stay_id, "reason": "leave", "expected_return_at": back_at}
        charge.save("observations_paused", away)
        self.wards.away.add(stay_id)

        def come_back(charge: "Nurse") -> None:
            self.wards.away.discard(stay_id)
            charge.save("observations_resumed", {"stay_id": stay_id})

        self.soon(100, 200, come_back)

    def transfer(self, charge: "Nurse") -> None:
        """The other ward keeps a bed; half an hour later the patient goes into it."""
        stay_id, other = self.some_stay(charge), self.other
        if stay_id is None or other is None:
            return

        def go(bed_id: str | None, charge: "Nurse") -> None:
            if stay_id in board.present(charge.tablet):
                placing.transfer(charge, stay_id, other.ward.unit_id, bed_id)

        def keep(there: "Nurse") -> None:
            bed_id = placing.reserve(there, self.world.now, for_stay_id=stay_id)
            self.soon(20, 40, lambda charge: go(bed_id, charge))

        other.when(self.world.now, keep)

    def discharge(self, charge: "Nurse") -> None:
        """A patient goes home."""
        stay_id = self.some_stay(charge)
        if stay_id is not None:
            self._go_home(stay_id, charge)

    def discharge_unheard(self, charge: "Nurse") -> None:
        """A nurse charts a last set in a dead spot; when she is out of it, the patient's rows have left the tablets."""
        nurse, stay_id, now = next(iter(self.on_duty("nurse")), None), self.some_stay(charge), self.world.now
        if nurse is None or stay_id is None:
            return
        self.dead_spot(nurse, 70 * MINUTE)

        def last_set() -> None:
            if nurse.on_duty and stay_id in self.wards.bodies:
                nurse.observe(stay_id, now + 5 * MINUTE)

        self.world.after(5 * MINUTE, last_set)
        # Nobody measures him once he is dressed; only his last set is still on its way.
        self.soon(8, 20, lambda charge: self._go_home(stay_id, charge))

    def dead_spot(self, nurse: "Nurse", last_ms: int) -> None:
        """Her tablet has no network for a while."""
        line = nurse.tablet.line
        assert isinstance(line, VirtualLine)
        self.world.at(self.world.now, line.go_offline)
        self.world.after(last_ms, line.go_online)

    def _go_home(self, stay_id: str, charge: "Nurse") -> None:
        if self.wards.bodies.pop(stay_id, None) is not None:
            charge.save("patient_discharged", {"stay_id": stay_id})

    def expect(self, charge: "Nurse") -> None:
        """A bed is kept for somebody who is on the way, and who lies in it later."""
        stay_id = charge.tablet.chance.uuid7(self.world.now)
        bed_id = placing.reserve(charge, self.world.now, for_stay_id=stay_id, text="From the emergency department")

        def arrive(charge: "Nurse") -> None:
            placing.admit(charge, self.identity(), bed_id, self.world.now, stay_id)
            self.new_patient(stay_id)

        self.soon(30, 60, arrive)

    def expect_in_vain(self, charge: "Nurse") -> None:
        """A bed is kept for somebody who does not come."""
        bed_id = placing.reserve(charge, self.world.now, text="Coming from theatre")
        if bed_id is not None:
            self.soon(40, 90, lambda charge: placing.give_up(charge, bed_id))

    def move(self, charge: "Nurse") -> None:
        """A patient moves to another bed of the ward."""
        stay_id, free = self.some_stay(charge), board.free_beds(charge.tablet, self.world.now)
        if stay_id is not None and free:
            charge.save("bed_assigned", {"stay_id": stay_id, "bed_id": free[-1]})

    def swap(self, charge: "Nurse") -> None:
        """Two patients exchange their beds."""
        one, other = self.some_stay(charge), self.some_stay(charge)
        if one is not None and other not in (None, one):
            placing.swap(charge, one, other)

    def block(self, charge: "Nurse") -> None:
        """A bed is out of use for an hour or two."""
        bed_id = placing.block(charge, self.world.now)
        if bed_id is not None:
            self.soon(60, 130, lambda charge: placing.release(charge, bed_id, self.world.now))

    def clash(self, charge: "Nurse") -> None:
        """She walks into a dead spot, and into the bed that she still sees free a nurse has moved somebody."""
        nurse, now = next(iter(self.on_duty("nurse")), None), self.world.now
        free = board.free_beds(charge.tablet, now)
        stay_id = self.some_stay(nurse) if nurse is not None else None
        if nurse is None or stay_id is None or not free or free[0] not in board.free_beds(nurse.tablet, now):
            return
        self.dead_spot(charge, 25 * MINUTE)
        nurse.save("bed_assigned", {"stay_id": stay_id, "bed_id": free[0]})
        self.soon(5, 15, self.admit)

    def wrong_admission(self, charge: "Nurse") -> None:
        """Somebody is written down who belongs elsewhere; nobody ever lies there."""
        free = board.free_beds(charge.tablet, self.world.now)
        if free:
            stay_id = placing.admit(charge, self.identity(), free[0], self.world.now)
            self._take_back(stay_id, next(reversed(charge.tablet.ledger.saved)))

    def wrong_discharge(self, charge: "Nurse") -> None:
        """The wrong patient is discharged; he has never got up."""
        stay_id = self.some_stay(charge)
        if stay_id is not None:
            self._take_back(stay_id, charge.save("patient_discharged", {"stay_id": stay_id}))

    def wrong_transfer(self, charge: "Nurse") -> None:
        """The wrong patient appears in the other ward, which sends the row back."""
        stay_id, other = self.some_stay(charge), self.other
        if stay_id is None or other is None:
            return
        entry_id = placing.transfer(charge, stay_id, other.ward.unit_id)
        until_at = self.world.now + _GIVES_UP_AFTER

        def send_back(there: "Nurse") -> None:
            if stay_id in board.present(there.tablet):
                there.save("placement_cancelled", {"stay_id": stay_id, "cancels": entry_id})
            elif self.world.now < until_at:
                other.soon(1, 3, send_back)

        other.soon(2, 9, send_back)

    def _take_back(self, stay_id: str, entry_id: str) -> None:
        def cancel(charge: "Nurse") -> None:
            charge.save("placement_cancelled", {"stay_id": stay_id, "cancels": entry_id})

        # Sometimes so late that the rows have left the tablets.
        self.soon(2, 25, cancel)

    _ACTS: ClassVar[tuple[tuple[float, Callable[[Any, Any], None]], ...]] = (
        (3.0, plan_by_hand),
        (3.2, leave),
        (4.0, transfer),
        (5.0, discharge),
        (5.8, expect),
        (6.5, wrong_admission),
        (7.2, plan_by_hand),
        (8.5, swap),
        (9.5, block),
        (10.5, clash),
        (12.0, wrong_discharge),
        (13.0, wrong_transfer),
        (14.5, move),
        (16.5, discharge_unheard),
        (17.0, expect_in_vain),
        (18.5, admit),
    )
