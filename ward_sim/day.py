"""A simulated day: two wards, twelve tablets on a bad network, people who forget, and a judge at the end."""

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ward_sim.asgi_door import AsgiDoor
from ward_sim.bedside import Bedside
from ward_sim.hospital import Hospital, Ward, new_hospital
from ward_sim.instants import DAY, HOUR, MINUTE, SECOND, instant_ms
from ward_sim.judge.verdict import judged
from ward_sim.judge.witness import LOOK_MS, Witness
from ward_sim.nurse import Nurse
from ward_sim.physiology import new_body
from ward_sim.shift import POSTS, ROLE_OF, Place, turns
from ward_sim.tablet import Tablet
from ward_sim.virtual_line import Faults, Network, VirtualLine
from ward_sim.world import World

Json = dict[str, Any]
BEDS = 12
PATIENTS = 11
START_AT = instant_ms("2026-03-02T06:30:00.000Z")
TEAMS = 3
ROLES = {ROLE_OF[post]: TEAMS * POSTS.count(post) for post in dict.fromkeys(POSTS)}
_HEAL = 15 * MINUTE


@dataclass(slots=True)
class Day:
    """Everything that takes part."""

    seed: int
    hospital: Hospital
    world: World
    network: Network
    die: random.Random
    wards: Bedside = field(default_factory=Bedside)
    lines: dict[tuple[str, int], VirtualLine] = field(default_factory=dict)
    nurses: list[Nurse] = field(default_factory=list)
    end_at: int = START_AT + DAY

    @property
    def tablets(self) -> list[Tablet]:
        """The twelve tablets."""
        return [line.tablet for line in self.lines.values() if line.tablet is not None]


def day_hospital(seed: int) -> Hospital:
    """Return the two wards of a seed, before anybody lies there."""
    return new_hospital(seed, START_AT, ["Ward 4 North", "Ward 5 South"], BEDS, ROLES)


async def run_day(
    door: AsgiDoor, hospital: Hospital, codes: dict[str, str], seed: int, mutant: str | None = None
) -> Json:
    """Run the day against a server that knows the hospital; `codes` are pairing codes by unit. Return the report."""
    began = time.perf_counter()
    world = World(START_AT)
    network = Network(world, door, Faults())
    day = Day(seed, hospital, world, network, random.Random(f"{seed}/day"))
    await network.advance()
    await _pair(day, codes, mutant)
    for ward in hospital.wards:
        _plan_ward(day, ward)
    _plan_outages(day)
    for at in range(START_AT, day.end_at + _HEAL, LOOK_MS):
        world.at(at, network.advance)
    for hour in range(24):
        await world.run(START_AT + (hour + 1) * HOUR)
        print(f"\rday {seed}: hour {hour + 1} of 24", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    await _heal(day)
    report = await judged(day.tablets, network, day.end_at + _HEAL)
    return {"seed": seed, "mutant": mutant, **report, "seconds": round(time.perf_counter() - began, 1)}


async def _pair(day: Day, codes: dict[str, str], mutant: str | None) -> None:
    for ward in day.hospital.wards:
        for number in range(len(POSTS) + 1):
            body = {"pairing_code": codes[ward.unit_id], "name": f"{ward.name} {number + 1}"}
            reply = await day.network.door.request("POST", "/api/devices", body)
            if reply.status not in (200, 201):
                raise RuntimeError(f"pairing was answered with {reply.status}: {reply.json}")
            device = reply.json
            if number == len(POSTS):
                feed = f"unit:{ward.unit_id}"
                door = day.network.door
                witness = Witness(door, device["device_id"], device["device_token"], feed)
                await witness.begin(day.world.now)
                day.network.witnesses.append(witness)
                continue
            skew = day.die.choice([0, 0, 1, -1]) * day.die.randrange(8 * MINUTE)
            line = VirtualLine(day.network, random.Random(day.die.random()), skew)
            line.tablet = Tablet(device, line, day.die.getrandbits(62), mutant)
            day.lines[ward.unit_id, number] = line
            line.tablet.start()


def _plan_ward(day: Day, ward: Ward) -> None:
    """Three teams, eight hours each, with a quarter of an hour together; the last stays to the end."""
    for team in range(TEAMS):
        from_at = START_AT + 5 * MINUTE + team * 8 * HOUR
        until_at = from_at + 8 * HOUR + 15 * MINUTE if team < TEAMS - 1 else day.end_at + DAY
        nurses: list[Nurse] = []
        for place in turns(ward, day.die, team, from_at, until_at):
            nurse = _nurse(day, ward, place)
            nurses.append(nurse)
            _come(day, nurse, place)
        for nurse in nurses:
            nurse.colleagues = nurses
        if team == 0:
            _plan_patients(day, ward, next(n for n in nurses if n.turn.post == "charge"))


def _nurse(day: Day, ward: Ward, place: Place) -> Nurse:
    tablet = day.lines[ward.unit_id, place.tablet_no].tablet
    assert tablet is not None
    die = random.Random(day.die.random())
    nurse = Nurse(place.person.staff_id, tablet, place.turn, day.wards, die)
    day.nurses.append(nurse)
    return nurse


def _come(day: Day, nurse: Nurse, place: Place) -> None:
    """Log in as soon as there is a network, then work until the turn ends."""

    async def log_in() -> None:
        line = nurse.tablet.line
        assert isinstance(line, VirtualLine)
        if line.offline_since is not None:
            day.world.after(MINUTE, log_in)
            return
        body = {"staff_id": place.person.staff_id, "pin": place.person.pin}
        reply = await day.network.ask("POST", "/api/sessions", body, nurse.tablet.token)
        if reply.status not in (200, 201):
            raise RuntimeError(f"a log-in was answered with {reply.status}: {reply.json}")
        nurse.tablet.sign_in(reply.json)
        wake()

    def wake() -> None:
        if day.world.now >= day.end_at:
            return
        next_at = nurse.wake(day.world.now)
        day.world.at(next_at or day.world.now, wake if next_at is not None else log_out)

    async def log_out() -> None:
        session = nurse.tablet.sessions[nurse.staff_id]
        nurse.tablet.sign_out(nurse.staff_id)
        await day.network.ask("DELETE", f"/api/sessions/{session.session_id}", None, nurse.tablet.token)

    day.world.at(place.turn.from_at, log_in)


def _plan_patients(day: Day, ward: Ward, charge: Nurse) -> None:
    """The charge nurse admits the ward in her first half hour, starts care, and moves some patients later."""
    free = [bed_id for bed_id, _, _ in ward.beds]
    taken: set[str] = set()
    first_at = charge.turn.from_at + 4 * MINUTE
    stays: list[str] = []

    def when_on(act: Callable[[], None], at: int) -> None:
        def attempt() -> None:
            if charge.duty_id is None:
                day.world.after(MINUTE, attempt)
            else:
                act()

        day.world.at(at, attempt)

    def admit() -> None:
        stays.append(_admit(day, ward, charge, free.pop(0), taken))

    for number in range(PATIENTS):
        when_on(admit, first_at + number * MINUTE)
    when_on(lambda: _start_care(charge, stays, day.die), first_at + 20 * MINUTE)
    for hours, act in ((3, "by hand"), (4, "transfer"), (5, "discharge"), (6, "admit"), (7, "by hand")):
        at = START_AT + hours * HOUR + day.die.randrange(HOUR)
        if act == "admit":
            when_on(admit, at)
        else:
            when_on(lambda act=act: _later_act(day, ward, charge, stays, act), at)


def _admit(day: Day, ward: Ward, charge: Nurse, bed_id: str, taken: set[str]) -> str:
    chance = charge.tablet.state.chance
    stay_id, patient_id = chance.uuid7(day.world.now), chance.uuid7(day.world.now)
    lang = day.die.choice(["en", "ko", "zh", "vi"])
    until_at = day.end_at - 3 * HOUR
    die = random.Random(day.die.random())
    day.wards.bodies[stay_id] = new_body(die, day.world.now, until_at, ill_share=0.35)
    who = {"stay_id": stay_id, "patient_id": patient_id, "unit_id": ward.unit_id, "bed_id": bed_id}
    charge.save("patient_admitted", who | {"patient": day.hospital.patient(lang, taken)})
    return stay_id


def _start_care(charge: Nurse, stays: list[str], die: random.Random) -> None:
    """Rounds for all, turning for those in bed; templates are the server's own."""
    reference = charge.tablet.state.feeds["reference"].rows
    templates = [row for (kind, _), (_, row) in reference.items() if kind == "care_template"]
    by_kind = {row["kind"]: row for row in templates}
    for stay_id in stays:
        for kind, share, minutes in (("round", 0.6, 120), ("turning", 0.35, 120)):
            if kind in by_kind and die.random() < share:
                charge.start_care(stay_id, by_kind[kind]["template_id"], minutes)


def _later_act(day: Day, ward: Ward, charge: Nurse, stays: list[str], act: str) -> None:
    stay_id = stays.pop(day.die.randrange(len(stays)))
    if act == "discharge":
        charge.save("patient_discharged", {"stay_id": stay_id})
        day.wards.bodies.pop(stay_id, None)
    elif act == "transfer":
        other = next(w for w in day.hospital.wards if w is not ward)
        charge.save("patient_transferred", {"stay_id": stay_id, "to_unit_id": other.unit_id})
    else:
        charge.plan_by_hand(stay_id, day.world.now)
        stays.append(stay_id)


def _plan_outages(day: Day) -> None:
    """Every tablet loses its network a few times, one in four for hours; each app dies once or twice."""
    for line in day.lines.values():
        for _ in range(line.die.randrange(3, 7)):
            from_at = START_AT + line.die.randrange(40 * MINUTE, 22 * HOUR)
            long = line.die.random() < 0.1
            last = line.die.randrange(2 * HOUR, 5 * HOUR) if long else line.die.randrange(4 * MINUTE, 50 * MINUTE)
            day.world.at(from_at, line.go_offline)
            day.world.at(min(from_at + last, day.end_at), line.go_online)
        for _ in range(2):
            day.world.at(START_AT + line.die.randrange(HOUR, 23 * HOUR), line.restart)


async def _heal(day: Day) -> None:
    """The network is good again, every tablet dials anew, and nobody writes any more.

    A stepped server sends no pings, whose heads would tell a tablet that the last frame before the end was lost.
    """
    no_faults = dict.fromkeys(Faults.__slots__, 0.0)
    day.network.faults = Faults(**no_faults)
    for line in day.lines.values():
        await line.go_offline()
        line.go_online()
    await day.world.run(day.end_at + _HEAL)
    for _ in range(5):
        await day.network.advance()
        await day.world.run(day.world.now + 10 * SECOND)
