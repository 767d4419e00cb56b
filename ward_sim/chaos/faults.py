"""What goes wrong in a scenario, by name; each takes the scenario and one tablet, and plans its own end."""

import random
from collections.abc import Callable

from ward_sim.chaos import odd_entries
from ward_sim.chaos.ground import START_AT
from ward_sim.chaos.judge import l2_stuck
from ward_sim.chaos.people import about_places, at_the_bedside
from ward_sim.chaos.scenario import LASTS, Scenario, Seat
from ward_sim.instants import DAY, HOUR, MINUTE, SECOND
from ward_sim.storage import Crashed

Fault = Callable[[Scenario, Seat, random.Random], object]


def outage(scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """No network, and both ends notice."""
    seat.line.go_offline()
    scenario.world.after(die.randrange(MINUTE, 20 * MINUTE), seat.line.go_online)


def deafness(scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """What the tablet sends arrives, and nothing comes back."""
    seat.line.go_deaf()
    scenario.world.after(die.randrange(30 * SECOND, 8 * MINUTE), seat.line.hear_again)


def muteness(scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """Frames come in, and nothing that the tablet sends arrives."""
    seat.line.is_mute = True
    scenario.world.after(die.randrange(30 * SECOND, 8 * MINUTE), lambda: setattr(seat.line, "is_mute", False))


def refusals(_scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """Something between tablet and server answers the next pushes."""
    kinds = (401, 403, 413, 429, 500, 503, "html")
    seat.line.refusals += [die.choice(kinds) for _ in range(die.randrange(1, 4))]


def crash_at_a_boundary(scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """The app dies before or after one of its next transactions; sometimes the device goes with it."""
    storage, left = seat.tablet.storage, die.randrange(1, 7)
    loses_power = die.random() < 0.4

    def boundary(_name: str) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            storage.boundary = _quiet
            scenario.close_app(seat)
            if loses_power:
                scenario.world.after(0, lambda: _lose(seat, None))
            raise Crashed

    storage.boundary = boundary


def _quiet(_name: str) -> None:
    """Nothing happens."""


def power_cut(scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """Somebody saves, sees the tick, and the device is dead: what its disk had not written never was."""
    if seat.is_closed:
        return
    scenario.act(seat)
    seat.tablet.die()
    _lose(seat, die.choice((None, 1, 2)))
    scenario.close_app(seat)


def _lose(seat: Seat, most: int | None) -> None:
    seat.tablet.storage.lose_tail(most)


def _sign_in(seat: Seat, session: dict[str, str]) -> None:
    seat.tablet.sign_in(session)


def clock_jump(_scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """The device's clock is set, by minutes or a day."""
    seat.line.skew_ms += die.choice((1, -1)) * die.choice((DAY, HOUR, 7 * MINUTE))


def server_dies(scenario: Scenario, _seat: Seat, die: random.Random) -> None:
    """The server dies at one of its next statements, before or after it."""
    scenario.server.doom(die.randrange(1, 40), die.choice(("before", "after")))


def database_connection_breaks(scenario: Scenario, _seat: Seat, die: random.Random) -> None:
    """One connection to the database breaks at one of the next statements, before or after it."""
    scenario.server.break_line(die.randrange(1, 40), die.choice(("before", "after")))


def pushes_meet(scenario: Scenario, _seat: Seat, die: random.Random) -> None:
    """Two tablets' pushes arrive at once, and their transactions interleave."""
    scenario.network.meetings += 1
    for seat in die.sample(scenario.seats, 2):
        pen = scenario.pen(seat)
        if pen is not None:
            scenario.say(seat, pen, at_the_bedside.chart(pen))


def stuck_socket(scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """A line that takes nothing more from the server, and does not end either."""
    seat.line.stick()
    scenario.world.after(die.randrange(2 * MINUTE, 10 * MINUTE), seat.line.unstick)

    before = l2_stuck.standing(scenario)

    async def look() -> None:
        await scenario.network.advance()
        await l2_stuck.look(scenario, seat, before)

    scenario.act(next(one for one in scenario.seats if one is not seat))
    scenario.world.after(l2_stuck.WITHIN, look)


def signing_out(scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """Somebody logs out with entries unsent, and comes back later."""
    if len(seat.tablet.sessions) < 2:
        return
    staff_id = die.choice(sorted(seat.tablet.sessions))
    session = next(reply for person, reply in seat.desk.people if person.staff_id == staff_id)
    seat.tablet.sign_out(staff_id)
    scenario.world.after(die.randrange(MINUTE, 20 * MINUTE), lambda: _sign_in(seat, session))


def moved_while_unsent(scenario: Scenario, seat: Seat, die: random.Random) -> None:
    """She charts where nothing goes out, and a colleague sends the patient to the other unit."""
    others = [one for one in scenario.seats if one.tablet.unit_id == seat.tablet.unit_id and one is not seat]
    pen = scenario.pen(seat)
    if not others or pen is None:
        return
    seat.line.is_mute = True
    charted = scenario.say(seat, pen, at_the_bedside.chart(pen))
    scenario.say(seat, pen, at_the_bedside.note(pen))
    stay_id = charted.body["stay_id"] if charted else None
    scenario.world.after(20 * SECOND, lambda: _send_away(scenario, others[0], stay_id))
    scenario.world.after(die.randrange(2 * MINUTE, 6 * MINUTE), lambda: setattr(seat.line, "is_mute", False))


def _send_away(scenario: Scenario, seat: Seat, stay_id: str | None) -> None:
    for person in seat.people:
        pen = scenario.pen(seat, person)
        if pen is not None and pen.is_registered and any(row["stay_id"] == stay_id for row in pen.rows("stay")):
            to_unit_id = next(unit_id for unit_id in scenario.units if unit_id != seat.tablet.unit_id)
            scenario.say(seat, pen, ("patient_transferred", {"stay_id": stay_id, "to_unit_id": to_unit_id}))
            return


def one_bed_two_admissions(scenario: Scenario, _seat: Seat, _die: random.Random) -> None:
    """On all tablets somebody is admitted in one moment; each sees the same bed empty."""
    for seat in scenario.seats:
        for person in seat.people:
            pen = scenario.pen(seat, person)
            said = about_places.admit(pen) if pen is not None else None
            if pen is not None and said is not None:
                scenario.say(seat, pen, said)
                break


def all_do_the_same_task(scenario: Scenario, seat: Seat, _die: random.Random) -> None:
    """Two people tick one task, each before she can see the other's tick."""
    pen = scenario.pen(seat)
    said = at_the_bedside.do(pen) if pen is not None else None
    if said is None:
        return
    for one in scenario.seats:
        other = scenario.pen(one)
        if other is not None and any(row["task_id"] == said[1]["task_id"] for row in other.rows("task")):
            scenario.say(one, other, said)


def backup_then_restore(scenario: Scenario, _seat: Seat, die: random.Random) -> None:
    """A backup is made; later the machine is lost, and another one starts with the backup."""
    name = f"{scenario.server.database}_backup"

    async def restore() -> None:
        await scenario.restore(name)

    async def back_up() -> None:
        if not scenario.server.is_up:
            scenario.world.after(MINUTE, back_up)
            return
        await scenario.server.back_up(name)
        scenario.world.after(die.randrange(3 * MINUTE, 25 * MINUTE), restore)

    scenario.world.after(0, back_up)


COMMON: tuple[tuple[Fault, int], ...] = (
    (outage, 6),
    (deafness, 5),
    (muteness, 3),
    (refusals, 6),
    (crash_at_a_boundary, 7),
    (power_cut, 6),
    (clock_jump, 3),
    (server_dies, 3),
    (database_connection_breaks, 4),
    (pushes_meet, 4),
    (stuck_socket, 3),
    (signing_out, 2),
    (moved_while_unsent, 4),
    (one_bed_two_admissions, 3),
    (all_do_the_same_task, 4),
    (odd_entries.refused_by_a_gateway, 5),
    (odd_entries.misshapen, 4),
    (odd_entries.of_a_newer_app, 2),
    (odd_entries.with_a_used_id, 1),
)
_RESTORES = 0.3
_FEWEST, _MOST = 9, 15


def plan_faults(scenario: Scenario) -> list[str]:
    """Draw what goes wrong, and when; return the names, in order."""
    die = random.Random(f"{scenario.seed}/faults")
    names = []
    for _ in range(die.randrange(_FEWEST, _MOST + 1)):
        [fault] = die.choices([fault for fault, _ in COMMON], [share for _, share in COMMON])
        names.append((START_AT + die.randrange(90 * SECOND, LASTS - 5 * MINUTE), fault))
    if die.random() < _RESTORES:
        names.append((START_AT + die.randrange(5 * MINUTE, LASTS // 2), backup_then_restore))
    for at, fault in names:
        seat, own = die.choice(scenario.seats), random.Random(die.random())
        scenario.world.at(at, lambda f=fault, s=seat, d=own: _begin(f, scenario, s, d))
    return [fault.__name__ for _, fault in sorted(names, key=lambda one: one[0])]


def _begin(fault: Fault, scenario: Scenario, seat: Seat, die: random.Random) -> None:
    if scenario.healed_at == 0:
        fault(scenario, seat, die)
