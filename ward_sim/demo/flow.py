"""Patients come, go, move and are away in the demo, so that its boards are alive at any moment.

Real patients change units about three times a stay (median of the MIMIC-IV demo): in a ward of twenty, with admissions
and discharges, something happens to a bed nearly every hour. A visitor watches for minutes: here it is ten times so.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ward_sim.beds import board, placing
from ward_sim.beds.cleaning import mark
from ward_sim.instants import HOUR, MINUTE, instant_text
from ward_sim.physiology import new_body

if TYPE_CHECKING:
    from ward_sim.demo.ward import DemoWard

Json = dict[str, Any]
# Between 80 and 90 % of the beds are taken.
_FEWEST, _MOST = 19, 21
_TICK_S = 15
_PAUSE = (3 * MINUTE, 8 * MINUTE)
_LEAVE = 2 * HOUR


@dataclass(slots=True)
class Flow:
    """The comings and goings of one ward; `other` is the ward with which it exchanges patients."""

    ward: "DemoWard"
    die: random.Random
    other: "Flow | None" = None
    open: bool = False
    later: list[tuple[int, Callable[[], None]]] = field(default_factory=list)

    def begin(self) -> None:
        """When the visitor comes, a bed each is dirty, being cleaned, blocked and kept, and a patient is on leave."""
        charge, now = self.ward.charge, self.ward.clock.now()
        empty = [bed for bed in board.beds(charge.tablet, now) if bed.state == "free"]
        for bed, readiness in zip(empty, ("dirty", "cleaning", "blocked"), strict=False):
            mark(charge, bed, readiness, placing.BLOCKED_FOR[0] if readiness == "blocked" else None)
        if len(empty) > 2:
            self.later.append((now + self.die.randrange(10, 25) * MINUTE, lambda: self._release(empty[2].bed_id)))
        self._expect()
        self._leave()
        self.open = True

    async def live(self) -> None:
        """Let something happen every few minutes; never returns."""
        next_at = self.ward.clock.now() + MINUTE
        while True:
            now = self.ward.clock.now()
            due = [act for at, act in self.later if at <= now]
            self.later = [(at, act) for at, act in self.later if at > now]
            for act in due:
                act()
            if now >= next_at:
                self._something()
                next_at = now + self.die.randrange(*_PAUSE)
            await asyncio.sleep(_TICK_S)

    def _something(self) -> None:
        lying = len(self._lying())
        if lying > _MOST:
            acts = [self._discharge]
        elif lying < _FEWEST:
            acts = [self._admit, self._expect]
        else:
            acts = [self._admit, self._discharge, self._move, self._transfer, self._expect, self._block, self._leave]
        self.die.choice(acts)()

    def _lying(self) -> list[str]:
        """Patients in beds as the charge nurse's tablet shows them, who are really there; the visitor's stay."""
        stays = board.present(self.ward.charge.tablet)
        bodies, visitors = self.ward.wards.bodies, self.ward.visitor_beds
        beds = {stay_id: stay.get("bed_id") for stay_id, stay in stays.items()}
        there = [stay_id for stay_id in sorted(stays) if stay_id in bodies and stay_id not in self.ward.wards.away]
        return [stay_id for stay_id in there if beds[stay_id] and beds[stay_id] not in visitors]

    def _soon(self, shortest: int, longest: int, act: Callable[[], None]) -> None:
        self.later.append((self.ward.clock.now() + self.die.randrange(shortest, longest) * MINUTE, act))

    def _admit(self, bed_id: str | None = None, stay_id: str | None = None) -> None:
        now = self.ward.clock.now()
        free = board.free_beds(self.ward.charge.tablet, now)
        patient = self.ward.hospital.patient(self.die.choice(["en", "ko", "zh", "vi"]), self.ward.names)
        stay_id = placing.admit(self.ward.charge, patient, bed_id or next(iter(free), None), now, stay_id)
        self.ward.wards.bodies[stay_id] = new_body(random.Random(self.die.random()), now, now + 8 * HOUR, ill_share=0.3)

    def _discharge(self) -> None:
        lying = self._lying()
        if lying:
            stay_id = self.die.choice(lying)
            self.ward.charge.save("patient_discharged", {"stay_id": stay_id})
            del self.ward.wards.bodies[stay_id]

    def _move(self) -> None:
        lying, free = self._lying(), board.free_beds(self.ward.charge.tablet, self.ward.clock.now())
        if lying and free:
            self.ward.charge.save("bed_assigned", {"stay_id": self.die.choice(lying), "bed_id": free[-1]})

    def _transfer(self) -> None:
        """The other ward keeps a bed; some minutes later the patient goes into it."""
        lying, other = self._lying(), self.other
        if not lying or other is None or not other.open:
            return
        stay_id = self.die.choice(lying)
        bed_id = placing.reserve(other.ward.charge, self.ward.clock.now(), for_stay_id=stay_id)

        def go() -> None:
            if stay_id in self._lying():
                placing.transfer(self.ward.charge, stay_id, other.ward.ward.unit_id, bed_id)
                other.ward.wards.bodies[stay_id] = self.ward.wards.bodies.pop(stay_id)

        if bed_id is not None:
            self._soon(4, 12, go)

    def _expect(self) -> None:
        """A bed is kept for somebody who is on the way."""
        charge, now = self.ward.charge, self.ward.clock.now()
        stay_id = charge.tablet.chance.uuid7(now)
        bed_id = placing.reserve(charge, now, for_stay_id=stay_id, text="From the emergency department")
        if bed_id is not None:
            self._soon(6, 20, lambda: self._admit(bed_id, stay_id))

    def _block(self) -> None:
        bed_id = placing.block(self.ward.charge, self.ward.clock.now())
        if bed_id is not None:
            self._soon(15, 40, lambda: self._release(bed_id))

    def _release(self, bed_id: str) -> None:
        placing.release(self.ward.charge, bed_id, self.ward.clock.now())

    def _leave(self) -> None:
        lying = self._lying()
        if not lying or self.ward.wards.away:
            return
        stay_id, now = self.die.choice(lying), self.ward.clock.now()
        away = {"reason": "leave", "expected_return_at": instant_text(now + _LEAVE)}
        self.ward.charge.save("observations_paused", {"stay_id": stay_id} | away)
        self.ward.wards.away.add(stay_id)

        def come_back() -> None:
            self.ward.wards.away.discard(stay_id)
            self.ward.charge.save("observations_resumed", {"stay_id": stay_id})

        self._soon(60, 110, come_back)
