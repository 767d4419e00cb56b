"""The demo's ward: its tablets, its people, its patients with their last day, and what goes on from there."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import httpx

from ward_sim.bedside import Bedside
from ward_sim.demo.children import DemoRefused
from ward_sim.demo.past import Past, past_of
from ward_sim.hospital import Hospital, Person, Ward
from ward_sim.instants import HOUR, MINUTE, SECOND, instant_text
from ward_sim.nurse import Nurse
from ward_sim.physiology import Episode
from ward_sim.real_line import RealLine, ServerClock
from ward_sim.shift import ROLE_OF, turns
from ward_sim.tablet import Tablet

Json = dict[str, Any]
POSTS = ("nurse", "nurse", "nurse", "nurse", "charge", "assistant", "on_call")
VISITOR_BEDS = 2
# Four of 24 beds are empty when the visitor comes, a place of the ward's list each.
_EMPTY = (1, 7, 13, 18)
# How long a deterioration has gone on that nobody has treated, and how long the next set has been due, by patient.
_ILL_FOR = {3: 5 * HOUR, 8: 3 * HOUR, 13: 2 * HOUR, 18: 4 * HOUR}
_LATE_BY = {5: 50 * MINUTE, 11: 45 * MINUTE, 19: 8 * MINUTE}
_NOTES = ("Nil by mouth until 14:00", "Daughter visits at 17:00", "Walks with two", "Diabetic diet", "Hearing aid left")


@dataclass(slots=True)
class DemoWard:
    """A living ward on a running server."""

    hospital: Hospital
    ward: Ward
    base_url: str
    code: str
    client: httpx.AsyncClient
    clock: ServerClock
    die: random.Random
    wards: Bedside = field(default_factory=Bedside)
    lines: list[RealLine] = field(default_factory=list)
    nurses: list[Nurse] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

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
            line = await self._pair(f"Tablet {place.tablet_no + 1}")
            assert line.tablet is not None
            place.turn.bed_ids[:] = [b for b in place.turn.bed_ids if b not in visitors]
            nurse = Nurse(place.person.staff_id, line.tablet, place.turn, self.wards, random.Random(self.die.random()))
            await self.log_in(line.tablet, place.person)
            self.nurses.append(nurse)
        for nurse in self.nurses:
            nurse.colleagues = self.nurses
        charge = self.charge
        newest = await self._fill(charge)
        await self._put_visitor_on_duty(visitors)
        for nurse in self.nurses:
            nurse.wake(self.clock.now())
        for nurse in self.nurses:
            await self._sent(nurse.tablet)
        # Only now is there somebody to ask: what the newest sets demand begins with the patient's own nurse.
        for stay_id, at, values in newest:
            self._chart(charge, stay_id, at, {"values": values})
        await self._sent(charge.tablet)
        self._begin_care(charge)

    async def _pair(self, name: str) -> RealLine:
        body = {"pairing_code": self.code, "name": f"{self.ward.name}, {name}"}
        reply = await self.client.post(f"{self.base_url}/api/devices", json=body)
        if reply.status_code not in (200, 201):
            raise DemoRefused(f"The server refused to pair a tablet ({reply.status_code}).")
        line = RealLine(self.base_url, self.clock, self.client)
        line.tablet = Tablet(reply.json(), line, self.die.getrandbits(62))
        line.tablet.start()
        self.lines.append(line)
        return line

    async def log_in(self, tablet: Tablet, person: Person) -> str:
        """Sign a person in on a tablet; return the session's id."""
        headers = {"authorization": f"Bearer {tablet.token}"}
        body = {"staff_id": person.staff_id, "pin": person.pin}
        reply = await self.client.post(f"{self.base_url}/api/sessions", json=body, headers=headers)
        if reply.status_code not in (200, 201):
            raise DemoRefused(f"The server refused to log {person.name} in ({reply.status_code}).")
        return tablet.sign_in(reply.json()).session_id

    async def _put_visitor_on_duty(self, beds: set[str]) -> None:
        """The visitor's nurse is on, with her beds, but holds no tablet until the visitor logs in."""
        line = await self._pair("Desk")
        assert line.tablet is not None
        session_id = await self.log_in(line.tablet, self.visitor)
        first = self.ward.people("ward_nurse")[0]
        body = {"unit_id": self.ward.unit_id, "post": "nurse", "bed_ids": sorted(beds)}
        line.tablet.save(self.visitor.staff_id, "duty_started", body | {"buddy_staff_id": first.staff_id})
        await self._sent(line.tablet)
        url = f"{self.base_url}/api/sessions/{session_id}"
        await self.client.delete(url, headers={"authorization": f"Bearer {line.tablet.token}"})
        line.tablet.sign_out(self.visitor.staff_id)

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
        await self._sent(charge.tablet)
        return ringing

    def _admit(self, charge: Nurse, bed_id: str, at: int) -> str:
        chance = charge.tablet.state.chance
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

    async def _sent(self, tablet: Tablet) -> None:
        """Wait until everything on a tablet has its verdict and its replica has caught up."""
        for _ in range(600):
            caught_up = tablet.rows("stay") and all(f.request_id is None for f in tablet.state.feeds.values())
            if not tablet.state.outbox and caught_up:
                return
            await asyncio.sleep(0.1)
        raise DemoRefused("The server did not take the ward's history within a minute.")

    def _begin_care(self, charge: Nurse) -> None:
        """Rounds for all and turning for some, each at its own minute, some of it due already."""
        reference = charge.tablet.state.feeds["reference"].rows
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
        lives = [self._work(nurse) for nurse in self.nurses] + [self._walk(line) for line in walking]
        lives.append(self._fall_silent(silent))
        await asyncio.gather(*lives, self._deteriorate())

    async def _work(self, nurse: Nurse) -> None:
        person = next(p for p in self.ward.staff if p.staff_id == nurse.staff_id)
        signed_in_at = self.clock.now()
        while True:
            now = self.clock.now()
            if now - signed_in_at > 10 * HOUR:
                await self.log_in(nurse.tablet, person)
                signed_in_at = now
            next_at = nurse.wake(now) or now + HOUR
            await asyncio.sleep(max(1.0, (next_at - now) / SECOND))

    async def _walk(self, line: RealLine) -> None:
        """Dead spots: a few minutes in every half hour or so."""
        while True:
            await asyncio.sleep(self.die.uniform(15, 50) * 60)
            await line.switch(online=False)
            await asyncio.sleep(self.die.uniform(2, 12) * 60)
            await line.switch(online=True)

    async def _fall_silent(self, line: RealLine) -> None:
        """The first nurse's tablet lies at the bottom of a linen trolley most of the time."""
        while True:
            await asyncio.sleep(self.die.uniform(1, 4) * 60)
            await line.switch(online=False)
            await asyncio.sleep(self.die.uniform(20, 40) * 60)
            await line.switch(online=True)

    async def _deteriorate(self) -> None:
        while True:
            await asyncio.sleep(self.die.uniform(15, 35) * 60)
            body = self.die.choice(list(self.wards.bodies.values()))
            onset = Episode(self.clock.now(), self.die.randrange(HOUR, 2 * HOUR), self.die.uniform(0.6, 1.1))
            body.episodes.append(onset)

    async def close(self) -> None:
        """Hang up every tablet."""
        for line in self.lines:
            await line.close()


def roles() -> dict[str, int]:
    """How many of each role the demo's hospital has."""
    counted = {ROLE_OF[post]: POSTS.count(post) for post in dict.fromkeys(POSTS)}
    return counted | {"ward_nurse": 8, "charge_nurse": 2, "head_nurse": 1, "administrator": 1}
