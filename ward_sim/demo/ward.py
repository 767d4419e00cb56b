"""The demo's ward: its tablets, its people, its patients with their last day, and what goes on from there."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from ward_sim.demo.past import Past, past_of
from ward_sim.demo.unit import DemoUnit
from ward_sim.hospital import Person
from ward_sim.instants import HOUR, MINUTE, instant_text
from ward_sim.nurse import Nurse
from ward_sim.physiology import Episode
from ward_sim.shift import ROLE_OF, turns

Json = dict[str, Any]
POSTS = ("nurse", "nurse", "nurse", "nurse", "charge", "assistant", "on_call")
VISITOR_BEDS = 2
# Four of 24 beds are empty when the visitor comes, a place of the ward's list each.
_EMPTY = (1, 7, 13, 18)
# How long a deterioration has gone on that nobody has treated, and how long the next set has been due, by patient.
_ILL_FOR = {3: 5 * HOUR, 8: 3 * HOUR, 13: 2 * HOUR, 18: 4 * HOUR}
_LATE_BY = {5: 50 * MINUTE, 11: 45 * MINUTE, 19: 8 * MINUTE}
# Minutes: dead spots are a few in every half hour or so.
_IN_THE_WARD, _IN_A_DEAD_SPOT = (15, 50), (2, 12)
_NOTES = ("Nil by mouth until 14:00", "Daughter visits at 17:00", "Walks with two", "Diabetic diet", "Hearing aid left")


@dataclass(slots=True)
class DemoWard(DemoUnit):
    """A living ward on a running server."""

    @property
    def charge(self) -> Nurse:
        """The charge nurse on duty."""
        return next(nurse for nurse in self.nurses if nurse.turn.post == "charge")

    @property
    def visitor_beds(self) -> set[str]:
        """The beds whose patients are the visitor's."""
        return {bed_id for bed_id, _, _ in self.ward.beds[-VISITOR_BEDS:]}

    @property
    def visitor(self) -> Person:
        """The nurse who is left to the visitor."""
        return self.ward.people("ward_nurse")[POSTS.count("nurse")]

    async def open(self) -> None:
        """Pair the tablets, log the team in, admit the ward with its past, and take up duty."""
        now = self.clock.now()
        team = turns(self.ward, self.die, 0, now, now + 1000 * HOUR, POSTS)
        visitors = self.visitor_beds
        for place in team:
            tablet = await self.pair(f"Tablet {place.tablet_no + 1}")
            place.turn.bed_ids[:] = [b for b in place.turn.bed_ids if b not in visitors]
            nurse = Nurse(place.person.staff_id, tablet, place.turn, self.wards, random.Random(self.die.random()))
            await self.log_in(tablet, place.person)
            self.nurses.append(nurse)
        for nurse in self.nurses:
            nurse.colleagues = self.nurses
        charge = self.charge
        newest = await self._fill(charge)
        duty = {"post": "nurse", "bed_ids": sorted(visitors), "buddy_staff_id": self.nurses[0].staff_id}
        await self.put_on_duty(self.visitor, duty)
        for nurse in self.nurses:
            nurse.wake(self.clock.now())
        for nurse in self.nurses:
            await self.sent(nurse.tablet)
        # Only now is there somebody to ask: what the newest sets demand begins with the patient's own nurse.
        for stay_id, at, values in newest:
            self._chart(charge, stay_id, at, {"values": values})
        await self.sent(charge.tablet)
        self._begin_care(charge)

    async def _fill(self, charge: Nurse) -> list[tuple[str, int, Json]]:
        """Admit the patients and chart their last day, oldest first; return the newest of the ill, not yet charted.

        What was ill then has been escalated then.
        """
        now = self.clock.now()
        pasts: list[tuple[str, Past]] = []
        taken = [bed_id for place, (bed_id, _, _) in enumerate(self.ward.beds) if place not in _EMPTY]
        for number, bed_id in enumerate(taken):
            ill, late = _ILL_FOR.get(number), _LATE_BY.get(number)
            past = past_of(random.Random(self.die.random()), now, ill_for_ms=ill, late_by_ms=late)
            stay_id = self._admit(charge, bed_id, past.admitted_at)
            self.wards.bodies[stay_id] = past.body
            pasts.append((stay_id, past))
            if number % 5 == 0:
                note = {"stay_id": stay_id, "note": self.die.choice(_NOTES)}
                charge.save("note_written", note, ago_ms=2 * HOUR)
        for stay_id, past in pasts:
            for at, values in past.sets[:-1]:
                self._chart(charge, stay_id, at, {"values": values, "already_escalated": True})
        ringing = [(stay_id, *past.sets[-1]) for stay_id, past in pasts if past.ends_ill]
        for stay_id, past in pasts:
            if not past.ends_ill:
                at, values = past.sets[-1]
                self._chart(charge, stay_id, at, {"values": values})
        await self.sent(charge.tablet)
        return ringing

    def _admit(self, charge: Nurse, bed_id: str, at: int) -> str:
        chance = charge.tablet.chance
        stay_id, patient_id = chance.uuid7(at), chance.uuid7(at)
        lang = self.die.choice(["en", "ko", "zh", "vi"])
        who = {"stay_id": stay_id, "patient_id": patient_id, "unit_id": self.ward.unit_id, "bed_id": bed_id}
        patient = self.hospital.patient(lang, self.names)
        isolation = {"isolation": True} if self.die.random() < 0.08 else {}
        body = who | {"patient": patient, "observed_at": instant_text(at)} | isolation
        charge.save("patient_admitted", body)
        return stay_id

    def _chart(self, charge: Nurse, stay_id: str, at: int, body: Json) -> None:
        observed = {"stay_id": stay_id, "observed_at": instant_text(at)}
        charge.save("vital_signs_charted", observed | body)

    def _begin_care(self, charge: Nurse) -> None:
        """Rounds for all and turning for some, each at its own minute, some of it due already."""
        reference = charge.tablet.feeds["reference"].rows
        rows = [row for (kind, _), (_, row) in reference.items() if kind == "care_template"]
        templates = {(row["kind"], row["interval_minutes"]): row["template_id"] for row in rows}
        for number, stay in enumerate(charge.tablet.rows("stay")):
            for kind, every in (("round", 120), ("turning", 120)):
                if (kind, every) in templates and (kind == "round" or number % 3 == 0):
                    due_at = self.clock.now() + self.die.randrange(-40, 110) * MINUTE
                    care = {"template_id": templates[kind, every], "interval_minutes": every}
                    body = {"stay_id": stay["stay_id"], "first_due_at": instant_text(due_at)} | care
                    charge.save("recurring_care_started", body)

    async def live(self) -> None:
        """Let everybody work, networks come and go, and somebody deteriorate now and then; never returns."""
        silent, *walking = self.lines
        lives = [self.work(nurse) for nurse in self.nurses]
        lives += [self.walk(line, _IN_THE_WARD, _IN_A_DEAD_SPOT) for line in walking]
        # The first nurse's tablet lies at the bottom of a linen trolley most of the time.
        lives.append(self.walk(silent, (1, 4), (20, 40)))
        await asyncio.gather(*lives, self._deteriorate())

    async def _deteriorate(self) -> None:
        while True:
            await asyncio.sleep(self.die.uniform(15, 35) * 60)
            body = self.die.choice(list(self.wards.bodies.values()))
            onset = Episode(self.clock.now(), self.die.randrange(HOUR, 2 * HOUR), self.die.uniform(0.6, 1.1))
            body.episodes.append(onset)


def roles() -> dict[str, int]:
    """How many of each role the demo's hospital has."""
    counted = {ROLE_OF[post]: POSTS.count(post) for post in dict.fromkeys(POSTS)}
    return counted | {"ward_nurse": 8, "charge_nurse": 2, "head_nurse": 1, "administrator": 1}
