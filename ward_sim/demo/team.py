"""The demo's home-care team: a day of visits that goes on around the visitor's own, which nobody does for her."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from ward_sim.colleague import Turn
from ward_sim.demo.past import past_of
from ward_sim.demo.unit import DemoUnit
from ward_sim.hospital import Person
from ward_sim.instants import DAY, HOUR, MINUTE
from ward_sim.nurse import Nurse
from ward_sim.visits import sos
from ward_sim.visits.coordinator import PLANS, Asked, Coordinator
from ward_sim.visits.list import visit, window, window_of
from ward_sim.visits.nurse import HomeNurse
from ward_sim.visits.places import home_of

Json = dict[str, Any]
NURSES = 3
ROLES = {"home_care_nurse": NURSES + 1, "coordinator": 2, "duty_clinician": 1}
# Windows of a nurse's visits in minutes from now: one is over, one goes on, two are to come.
_OVER, _ROUND = (-170, -110), ((-25, 25), (45, 105), (150, 210))
# The third nurse, who has no network, has not come to her second visit; its window is over.
_LATE = (-95, -25)
# What waits for the visitor: a visit at once, a call, two more visits.
_VISITORS = ((-5, 50, "visit"), (30, 60, "call"), (75, 135, "visit"), (170, 230, "visit"))
# Everybody has been in home care for some days.
_SINCE = 6 * DAY
# Within this a tablet notices that there is no network.
_NOTICED_S = 0.1
_ONLINE_MIN, _OFFLINE_MIN = (6, 15), (5, 25)
_SOS_EVERY_MIN = (45, 120)


@dataclass(slots=True)
class DemoTeam(DemoUnit):
    """A living home-care team on a running server."""

    stays: list[str] = field(default_factory=list)
    last_values: dict[str, Json] = field(default_factory=dict)

    @property
    def visitor(self) -> Person:
        """The nurse who is left to the visitor."""
        return self.ward.people("home_care_nurse")[NURSES]

    @property
    def coordinator(self) -> Coordinator:
        """Who leads the team beside the visitor."""
        return next(one for one in self.nurses if isinstance(one, Coordinator))

    async def open(self) -> None:
        """Pair the tablets, log the team in, take on its patients, and plan the day."""
        posts: list[tuple[type[Nurse], str, Person]] = [
            *((HomeNurse, "nurse", person) for person in self.ward.people("home_care_nurse")[:NURSES]),
            (Coordinator, "charge", self.ward.people("coordinator")[0]),
            (Asked, "on_call", self.ward.people("duty_clinician")[0]),
        ]
        now = self.clock.now()
        for kind, post, person in posts:
            tablet = await self.pair(f"Tablet {len(self.nurses) + 1}")
            break_at = now + self.die.randrange(3 * HOUR, 6 * HOUR)
            turn = Turn(self.ward.unit_id, post, [], now, now + 1000 * HOUR, break_at, ("response",))
            self.nurses.append(kind(person.staff_id, tablet, turn, self.wards, random.Random(self.die.random())))
            await self.log_in(tablet, person)
        for one in self.nurses:
            one.colleagues = self.nurses
        self.coordinator.next_visit = self._next_window
        planned = self._take_on(now)
        await self.sent(self.coordinator.tablet)
        for stay_id, values in self.last_values.items():
            last = {"stay_id": stay_id, "values": values, "already_escalated": True}
            self.nurses[0].save("vital_signs_charted", last, ago_ms=self.die.randrange(20, 50) * HOUR)
        await self.put_on_duty(self.visitor, {"post": "nurse", "bed_ids": []})
        for one in self.nurses:
            one.wake(self.clock.now())
        for one in self.nurses:
            await self.sent(one.tablet)
        for line, (nurse, patient, visit_id) in zip(self.lines, planned, strict=False):
            # What is over is told at once, so that nobody is asked about a visit of this morning.
            await line.switch(online=False)
            self._begin(nurse, patient, visit_id)
            await asyncio.sleep(_NOTICED_S)
            await line.switch(online=True)
            await self.sent(nurse.tablet)

    def _next_window(self, now: int) -> tuple[int, int]:
        from_at = now + self.die.randrange(100, 300) * MINUTE
        return from_at, from_at + HOUR

    def _take_on(self, now: int) -> list[tuple[HomeNurse, str, str]]:
        """The patients, each with a home, a past and a visit; the last two have no nurse, and no visit, yet.

        Return for each nurse whom she has seen already, and the visit that comes next.
        """
        begun: list[tuple[HomeNurse, str, str]] = []
        for number, nurse in enumerate(one for one in self.nurses if isinstance(one, HomeNurse)):
            seen = self._patient(now)
            windows = [_LATE if number == NURSES - 1 and place == 0 else each for place, each in enumerate(_ROUND)]
            visit_ids = [self._plan(now, self._patient(now), each, nurse.staff_id) for each in windows]
            begun.append((nurse, seen, visit_ids[0]))
        self._plan(now, self.stays[0], (35, 55), begun[1][0].staff_id, "call")
        for from_min, to_min, kind in _VISITORS:
            self._plan(now, self._patient(now), (from_min, to_min), self.visitor.staff_id, kind)
        self._plan(now, self._patient(now), (90, 150), None)
        self.coordinator.plans_at[self._patient(now)] = now + 40 * MINUTE
        return begun

    def _patient(self, now: int) -> str:
        lead, die = self.coordinator, random.Random(self.die.random())
        patient = self.hospital.patient(die.choice(["en", "ko", "zh", "vi"]), self.names)
        past = past_of(die, now, ill_for_ms=None, late_by_ms=None)
        stay_id = lead.tablet.chance.uuid7(now)
        who = {"stay_id": stay_id, "patient_id": lead.tablet.chance.uuid7(now), "unit_id": self.ward.unit_id}
        lead.save("patient_admitted", who | {"patient": patient}, ago_ms=_SINCE)
        self.stays.append(stay_id)
        self.wards.bodies[stay_id] = past.body
        lead.save("home_described", {"stay_id": stay_id} | home_of(die), ago_ms=_SINCE)
        self.last_values[stay_id] = past.sets[-1][1]
        return stay_id

    def _plan(self, now: int, stay_id: str, minutes: tuple[int, int], staff_id: str | None, kind: str = "visit") -> str:
        from_min, to_min = minutes
        when = window(now + from_min * MINUTE, now + to_min * MINUTE)
        return self.coordinator.plan(stay_id, when, now, staff_id, kind)

    def _begin(self, nurse: HomeNurse, patient: str, visit_id: str) -> None:
        """Her first visit is over, which she planned herself; in her second she is, or is not yet."""
        now = self.clock.now()
        of_first: Json = {"stay_id": patient, "visit_id": nurse.tablet.chance.uuid7(now)}
        when = window(*(now + minutes * MINUTE for minutes in _OVER))
        values = self.wards.measure(patient, now - 110 * MINUTE)
        for ago_min, type_name, body in (
            (20 * 60, "visit_planned", when | {"kind": "visit", "plan": PLANS[0], "staff_id": nurse.staff_id}),
            (150, "visit_started", {}),
            (140, "vital_signs_charted", {"values": values, "already_escalated": True}),
            (130, "visit_note_written", {"text": "Wound clean and dry. Next time as planned"}),
            (122, "visit_ended", {}),
        ):
            about_it = {"stay_id": patient} if type_name == "vital_signs_charted" else of_first
            nurse.save(type_name, about_it | body, ago_ms=ago_min * MINUTE)
        row = visit(nurse.tablet, visit_id)
        if row is not None and window_of(row)[1] > now:
            nurse.fate_of[visit_id] = "well"
            nurse.arrive(row, now, ago_ms=self.die.randrange(6, 18) * MINUTE)
        elif row is not None:
            nurse.sets_out[visit_id, window_of(row)[0]] = now + self.die.randrange(25, 40) * MINUTE

    async def live(self) -> None:
        """Let everybody work, networks come and go, and somebody need help now and then; never returns."""
        lives = [self.work(one) for one in self.nurses]
        lives += [self.walk(line, _ONLINE_MIN, _OFFLINE_MIN) for line in self.lines[:NURSES]]
        await self.lines[NURSES - 1].switch(online=False)
        await asyncio.gather(*lives, self._need_help())

    async def _need_help(self) -> None:
        while True:
            await asyncio.sleep(self.die.uniform(*_SOS_EVERY_MIN) * 60)
            nurse = self.die.choice([one for one in self.nurses if isinstance(one, HomeNurse)])
            sos.press(nurse, nurse.visiting)
