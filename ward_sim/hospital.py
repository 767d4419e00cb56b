"""A seeded hospital: units with beds, staff with roles and PINs, and the patients who will lie there."""

import random
from dataclasses import dataclass, field
from typing import Any

from ward_sim.cast import LANGUAGES, different_names
from ward_sim.chance import Chance
from ward_sim.instants import DAY, instant

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff."""

    staff_id: str
    name: str
    lang: str
    pin: str
    unit_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Ward:
    """A unit and its beds, as (bed_id, bay, label)."""

    unit_id: str
    name: str
    beds: list[tuple[str, str, str]]
    staff: list[Person] = field(default_factory=list)

    def people(self, role: str) -> list[Person]:
        """Return the staff of a role."""
        return [person for person in self.staff if person.role == role]


@dataclass(slots=True)
class Hospital:
    """All of it; ids come from the seed, so that a second run names the same people."""

    hospital_id: str
    wards: list[Ward]
    chance: Chance
    die: random.Random
    made_at: int

    def patient(self, lang: str, taken: set[str]) -> Json:
        """Return the identity of an adult who is not there yet."""
        name = different_names(self.die, [lang])[0]
        while name in taken:
            name = different_names(self.die, [lang])[0]
        taken.add(name)
        age_days = self.die.randrange(24 * 365, 92 * 365)
        born_on = instant(self.made_at - age_days * DAY)
        return {
            "name": name,
            "lang": lang,
            "sex": self.die.choice(["female", "male"]),
            "born_on": f"{born_on:%Y-%m-%d}",
            "identifier": f"{self.die.randrange(10**9):09d}",
        }


def new_hospital(seed: int, made_at: int, names: list[str], beds: int, roles: dict[str, int]) -> Hospital:
    """Return a hospital with these wards, each with so many beds and people of each role.

    Staff speak the four languages in turn; PINs are six digits and different.
    """
    chance, die = Chance(seed), random.Random(f"{seed}/hospital")
    hospital = Hospital(chance.uuid7(made_at), [], chance, die, made_at)
    for name in names:
        places = [(chance.uuid7(made_at), f"{n // 6 + 1}", f"{n + 1}") for n in range(beds)]
        hospital.wards.append(Ward(chance.uuid7(made_at), name, places))
    posts = [(ward, role) for ward in hospital.wards for role in roles for _ in range(roles[role])]
    langs = [LANGUAGES[n % len(LANGUAGES)] for n in range(len(posts))]
    pins = die.sample(range(100_000, 1_000_000), len(posts))
    called = different_names(die, langs)
    for (ward, role), lang, pin, person in zip(posts, langs, pins, called, strict=True):
        staff_id = chance.uuid7(made_at)
        ward.staff.append(Person(staff_id, person, lang, str(pin), ward.unit_id, role))
    return hospital
