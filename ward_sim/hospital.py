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
    """A unit and its beds, as (bed_id, bay, label); `kind`: a ward, or a home-care team, which has none."""

    unit_id: str
    name: str
    beds: list[tuple[str, str, str]]
    staff: list[Person] = field(default_factory=list)
    kind: str = "ward"

    def people(self, role: str) -> list[Person]:
        """Return the staff of a role."""
        return [person for person in self.staff if person.role == role]


@dataclass(slots=True)
class Hospital:
    """All of it; ids come from the seed, so that a second run names the same people. `home`: the home-care team."""

    hospital_id: str
    wards: list[Ward]
    chance: Chance
    die: random.Random
    made_at: int
    home: Ward | None = None

    @property
    def units(self) -> list[Ward]:
        """The wards and the team."""
        return [*self.wards, *([self.home] if self.home else [])]

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
    """Return a hospital with these wards, each with so many beds and people of each role."""
    chance, die = Chance(seed), random.Random(f"{seed}/hospital")
    hospital = Hospital(chance.uuid7(made_at), [], chance, die, made_at)
    for name in names:
        places = [(chance.uuid7(made_at), f"{n // 4 + 1}", f"{n // 4 + 1}{'ABCD'[n % 4]}") for n in range(beds)]
        hospital.wards.append(Ward(chance.uuid7(made_at), name, places))
    _employ(hospital, hospital.wards, roles)
    return hospital


def add_home_team(hospital: Hospital, name: str, roles: dict[str, int]) -> Ward:
    """Give the hospital its home-care team, with so many people of each role; return it."""
    hospital.home = Ward(hospital.chance.uuid7(hospital.made_at), name, [], kind="home")
    _employ(hospital, [hospital.home], roles)
    return hospital.home


def _employ(hospital: Hospital, units: list[Ward], roles: dict[str, int]) -> None:
    """Staff speak the four languages in turn; names and PINs of six digits are all different."""
    posts = [(unit, role) for unit in units for role in roles for _ in range(roles[role])]
    known = [person for unit in hospital.units for person in unit.staff]
    langs = [LANGUAGES[n % len(LANGUAGES)] for n in range(len(posts))]
    pins = hospital.die.sample(range(100_000, 1_000_000), len(posts))
    while {str(pin) for pin in pins} & {person.pin for person in known}:
        pins = hospital.die.sample(range(100_000, 1_000_000), len(posts))
    called = different_names(hospital.die, langs, {person.name for person in known})
    for (unit, role), lang, pin, person in zip(posts, langs, pins, called, strict=True):
        staff_id = hospital.chance.uuid7(hospital.made_at)
        unit.staff.append(Person(staff_id, person, lang, str(pin), unit.unit_id, role))
