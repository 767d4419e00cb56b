"""Who of the home-care team works when: nurses by day, a coordinator until late, somebody on call at any time."""

import random
from collections.abc import Iterator

from ward_sim.colleague import Turn
from ward_sim.hospital import Person, Ward
from ward_sim.instants import HOUR, MINUTE
from ward_sim.shift import Place

NURSES = 3
ROLES = {"home_care_nurse": NURSES, "coordinator": 2, "duty_clinician": 3}
# The tablets of the nurses come first; then the coordinator's and the one of who is on call.
COORDINATOR_TABLET, ON_CALL_TABLET = NURSES, NURSES + 1
TABLETS = NURSES + 2
_SHIFT = 8 * HOUR
_TOGETHER = 15 * MINUTE


def turns(team: Ward, die: random.Random, start_at: int, end_at: int) -> Iterator[Place]:
    """The turns of a day that begins at `start_at`; the last who is on call stays past its end."""
    for number, person in enumerate(team.people("home_care_nurse")[:NURSES]):
        from_at = start_at + die.randrange(15 * MINUTE, 25 * MINUTE)
        yield _place(team, number, person, "nurse", from_at, start_at + 10 * HOUR + 30 * MINUTE, die)
    for number, person in enumerate(team.people("coordinator")[:2]):
        from_at = start_at + MINUTE + number * _SHIFT
        yield _place(team, COORDINATOR_TABLET, person, "charge", from_at, from_at + _SHIFT + _TOGETHER, die)
    for number, person in enumerate(team.people("duty_clinician")[:3]):
        from_at = start_at + MINUTE + number * _SHIFT
        until_at = from_at + _SHIFT + _TOGETHER
        yield _place(
            team, ON_CALL_TABLET, person, "on_call", from_at, max(until_at, end_at) if number == 2 else until_at, die
        )


def _place(
    team: Ward, tablet_no: int, person: Person, post: str, from_at: int, until_at: int, die: random.Random
) -> Place:
    break_at = from_at + die.randrange(3 * HOUR, 6 * HOUR)
    return Place(tablet_no, person, Turn(team.unit_id, post, [], from_at, until_at, break_at, ("response",)))
