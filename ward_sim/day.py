"""A simulated day: two wards and a home-care team on a bad network, people who forget, and a judge at the end."""

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ward_sim.asgi_door import AsgiDoor
from ward_sim.beds.plan import WardDay
from ward_sim.bedside import Bedside
from ward_sim.core import Core
from ward_sim.faults import Faults
from ward_sim.hospital import Hospital, Ward, add_home_team, new_hospital
from ward_sim.instants import DAY, HOUR, MINUTE, SECOND, instant_ms
from ward_sim.judge.verdict import judged
from ward_sim.judge.witness import LOOK_MS, Witness
from ward_sim.nurse import Nurse
from ward_sim.shift import POSTS, ROLE_OF, Place, turns
from ward_sim.tablet import Tablet
from ward_sim.virtual_line import Network, VirtualLine
from ward_sim.visits import shift as home_shift
from ward_sim.visits.coordinator import Asked, Coordinator
from ward_sim.visits.nurse import HomeNurse
from ward_sim.visits.plan import HomeDay, plan_outages
from ward_sim.world import World

Json = dict[str, Any]
BEDS = 12
START_AT = instant_ms("2026-03-02T06:30:00.000Z")
TEAMS = 3
ROLES = {ROLE_OF[post]: TEAMS * POSTS.count(post) for post in dict.fromkeys(POSTS)}
_HEAL = 15 * MINUTE
_ROUNDS_OF_REST = 5
_MOST_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Tablets:
    """How tablets are made: with which core, and with which known fault."""

    new_core: Callable[[str], Core]
    mutant: str | None = None


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
        """The tablets of the wards and of the team."""
        return [line.tablet for line in self.lines.values() if line.tablet is not None]


def day_hospital(seed: int) -> Hospital:
    """Return the two wards and the team of a seed, before anybody lies there or is at home."""
    hospital = new_hospital(seed, START_AT, ["Ward 4 North", "Ward 5 South"], BEDS, ROLES)
    add_home_team(hospital, "Home care East", home_shift.ROLES)
    return hospital


async def run_day(
    door: AsgiDoor, hospital: Hospital, codes: dict[str, str], seed: int, tablets: Tablets, hours: int = 24
) -> Json:
    """Run so much of the day against a server that knows the hospital; `codes` are pairing codes by unit.

    Return the report.
    """
    began = time.perf_counter()
    world = World(START_AT)
    network = Network(world, door, Faults())
    day = Day(seed, hospital, world, network, random.Random(f"{seed}/day"), end_at=START_AT + hours * HOUR)
    await network.advance()
    for unit in hospital.units:
        await _pair(day, unit, codes[unit.unit_id], tablets)
    for ward in hospital.wards:
        _plan_ward(day, ward)
    _plan_beds(day)
    _plan_home(day)
    _plan_outages(day)
    for at in range(START_AT, day.end_at + _HEAL, LOOK_MS):
        world.at(at, network.advance)
    for hour in range(hours):
        await world.run(START_AT + (hour + 1) * HOUR)
        print(f"\rday {seed}: hour {hour + 1} of {hours}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    await _heal(day)
    home_units = {unit.unit_id for unit in hospital.units if unit.kind == "home"}
    report = await judged(day.tablets, network, day.end_at + _HEAL, home_units)
    return {"seed": seed, "mutant": tablets.mutant, **report, "seconds": round(time.perf_counter() - began, 1)}


async def _pair(day: Day, unit: Ward, code: str, made: Tablets) -> None:
    """Pair the unit's tablets, and last of all a witness."""
    tablets = home_shift.TABLETS if unit.kind == "home" else len(POSTS)
    for number in range(tablets + 1):
        reply = await day.network.door.request(
            "POST", "/api/devices", {"pairing_code": code, "name": f"{unit.name} {number + 1}"}
        )
        if reply.status not in (200, 201):
            raise RuntimeError(f"pairing was answered with {reply.status}: {reply.json}")
        device = reply.json
        if number == tablets:
            feed = f"unit:{unit.unit_id}"
            witness = Witness(day.network.door, device["device_token"], feed)
            await witness.begin(day.world.now)
            day.network.witnesses.append(witness)
            continue
        skew = day.die.choice([0, 0, 1, -1]) * day.die.randrange(8 * MINUTE)
        line = VirtualLine(day.network, random.Random(day.die.random()), skew)
        core = made.new_core(device["device_id"])
        line.tablet = Tablet(device, line, day.die.getrandbits(62), made.mutant, core)
        day.lines[unit.unit_id, number] = line
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


def _nurse(day: Day, ward: Ward, place: Place, kind: type[Nurse] = Nurse) -> Nurse:
    tablet = day.lines[ward.unit_id, place.tablet_no].tablet
    assert tablet is not None
    die = random.Random(day.die.random())
    nurse = kind(place.person.staff_id, tablet, place.turn, day.wards, die)
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


def _plan_beds(day: Day) -> None:
    """Patients come, go and move between the two wards, from the first charge nurse's first half hour on."""
    one, other = (
        WardDay(day.world, day.hospital, ward, day.wards, random.Random(day.die.random()), day.nurses, day.end_at)
        for ward in day.hospital.wards
    )
    one.other, other.other = other, one
    for ward_day in (one, other):
        ward_day.plan(START_AT)


def _plan_home(day: Day) -> None:
    """The home-care team's day."""
    team = day.hospital.home
    assert team is not None
    kinds: dict[str, type[Nurse]] = {"nurse": HomeNurse, "charge": Coordinator, "on_call": Asked}
    people: list[Nurse] = []
    for place in home_shift.turns(team, day.die, START_AT, day.end_at + DAY):
        people.append(_nurse(day, team, place, kinds[place.turn.post]))
        _come(day, people[-1], place)
    home = HomeDay(day.world, day.hospital, team, day.wards, random.Random(day.die.random()), people, day.end_at)
    for one in people:
        one.colleagues = people
        if isinstance(one, Coordinator):
            one.next_visit = home.next_visit
    home.share_fates()
    home.plan(START_AT)


def _plan_outages(day: Day) -> None:
    """Every tablet loses its network a few times, one in four for hours; each app dies once or twice."""
    for (unit_id, number), line in day.lines.items():
        if day.hospital.home and unit_id == day.hospital.home.unit_id and number < home_shift.NURSES:
            plan_outages(line, START_AT)
            continue
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
        line.go_offline()
        line.go_online()
        line.is_mended = True
    await day.world.run(day.end_at + _HEAL)
    still = 0
    for _ in range(_MOST_ROUNDS):
        heads = [witness.seq for witness in day.network.witnesses]
        await day.network.advance()
        await day.world.run(day.world.now + 10 * SECOND)
        # A ring of the last minute is answered by a receipt, which is a change: the end must come to rest.
        still = still + 1 if heads == [witness.seq for witness in day.network.witnesses] else 0
        if still == _ROUNDS_OF_REST:
            return
