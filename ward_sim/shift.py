"""Who works when: turns of duty for a ward, by day and by night."""

import random
from dataclasses import dataclass

from ward_sim.colleague import Turn
from ward_sim.hospital import Person, Ward
from ward_sim.instants import HOUR, MINUTE

# Three nurses, a charge nurse, an assistant and the doctor on call: six posts, a tablet each.
POSTS = ("nurse", "nurse", "nurse", "charge", "assistant", "on_call")
ROLE_OF = {
    "nurse": "ward_nurse",
    "charge": "charge_nurse",
    "assistant": "healthcare_assistant",
    "on_call": "duty_clinician",
}
_KINDS = {
    "nurse": ("observation", "response", "turning", "round", "other"),
    "assistant": ("turning", "round"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A person's turn of duty with the tablet of her post."""

    tablet_no: int
    person: Person
    turn: Turn


def turns(
    ward: Ward, die: random.Random, team: int, from_at: int, until_at: int, posts: tuple[str, ...] = POSTS
) -> list[Place]:
    """Return the turns of one team; the nurses share the beds evenly and are buddies in a ring."""
    taken: dict[str, int] = {}
    nurses = posts.count("nurse")
    people = {role: ward.people(role) for role in ROLE_OF.values()}
    places = []
    for tablet_no, post in enumerate(posts):
        number = taken.get(post, 0)
        taken[post] = number + 1
        person = people[ROLE_OF[post]][team * posts.count(post) + number]
        bed_ids = [bed_id for bed_id, _, _ in ward.beds]
        mine = {"nurse": bed_ids[number::nurses], "assistant": bed_ids}.get(post, [])
        comes_at = from_at + die.randrange(10 * MINUTE)
        break_at = from_at + die.randrange(3 * HOUR, 7 * HOUR)
        turn = Turn(ward.unit_id, post, mine, comes_at, until_at, break_at, _KINDS.get(post, ("response",)))
        if post == "nurse" and nurses > 1:
            buddy = people["ward_nurse"][team * nurses + (number + 1) % nurses]
            turn.buddy_staff_id = buddy.staff_id
        places.append(Place(tablet_no, person, turn))
    return places
