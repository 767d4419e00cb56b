"""A ward of 30 patients with a day behind them, loaded through the protocol, and the sets that are charted next."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from shared_schemas.care import care_templates
from ward_sim.demo.past import past_of
from ward_sim.hospital import Hospital, Ward, new_hospital
from ward_sim.instants import HOUR, MINUTE, SECOND, instant_text
from ward_sim.load.line import HttpLine
from ward_sim.load.tablet import Tablet
from ward_sim.loading import pairing_code
from ward_sim.physiology import Body

Json = dict[str, Any]
PATIENTS = 30
CLIENTS = 8
ROLES = {"charge_nurse": 1, "ward_nurse": CLIENTS}
# The measured sets are charted within the last hours, each patient's far enough apart not to be taken for one set.
FROM_AGO = 8 * HOUR
APART = 2 * MINUTE + 5 * SECOND
BATCH = 100


def hospital_with(wards: int, seed: int, now_ms: int) -> Hospital:
    """Return a hospital of such wards, a charge nurse and eight nurses in each."""
    return new_hospital(seed, now_ms, [f"Ward {number + 1}" for number in range(wards)], PATIENTS, ROLES)


@dataclass(slots=True)
class Bedsides:
    """The patients of a ward, and when each was last looked at (ms)."""

    bodies: dict[str, Body]
    looked_at: dict[str, int]

    def rounds(self) -> Iterator[tuple[str, int]]:
        """Go from bed to bed without end: the stay, and the instant of its next set."""
        for stay_id in cycle(self.bodies):
            self.looked_at[stay_id] += APART
            yield stay_id, self.looked_at[stay_id]

    def charting(self) -> Iterator[tuple[int, Json]]:
        """Chart full sets from bed to bed: the instant and the body of each entry."""
        for stay_id, at in self.rounds():
            yield at, {"stay_id": stay_id, "observed_at": instant_text(at), "values": self.bodies[stay_id].read(at)}


@dataclass(slots=True)
class LoadedWard:
    """A ward that is ready to be worked in: a tablet for each client, and its patients."""

    tablets: list[Tablet]
    bedsides: Bedsides
    charting: Iterator[tuple[int, Json]]

    @property
    def feed(self) -> str:
        """The unit's feed."""
        return f"unit:{self.tablets[0].unit_id}"

    def push(self, tablet: Tablet, sets: int = 1) -> bytes:
        """Return a batch of the next sets, sealed by this tablet."""
        return tablet.push_of([self._next(tablet) for _ in range(sets)])

    def _next(self, tablet: Tablet) -> Json:
        at, body = next(self.charting)
        return tablet.entry("vital_signs_charted", body, at)


async def loaded(
    hospital: Hospital, ward: Ward, address: tuple[str, int], now_ms: int, from_ago: int = FROM_AGO
) -> LoadedWard:
    """Pair the tablets, admit the patients, chart their last day up to `from_ago` (ms) and begin their care."""
    code = pairing_code(ward)
    people = [*ward.people("charge_nurse"), *ward.people("ward_nurse")]
    tablets = [await Tablet.signed_in(HttpLine(address), code, person, hospital.chance) for person in people]
    charge = tablets[0]
    beds = [bed_id for bed_id, _, _ in ward.beds]
    on_duty = {"observed_at": instant_text(now_ms), "unit_id": ward.unit_id, "post": "charge", "bed_ids": beds}
    await charge.send(charge.push_of([charge.entry("duty_started", on_duty, now_ms)]))
    bedsides = await _filled(hospital, ward, charge, now_ms - from_ago)
    await _begin_care(charge, list(bedsides.bodies), now_ms)
    return LoadedWard(tablets[1:], bedsides, bedsides.charting())


async def _filled(hospital: Hospital, ward: Ward, charge: Tablet, now_ms: int) -> Bedsides:
    taken: set[str] = set()
    admissions: list[Json] = []
    sets: list[Json] = []
    bedsides = Bedsides({}, {})
    for bed_id, _, _ in ward.beds:
        past = past_of(random.Random(hospital.die.random()), now_ms, ill_for_ms=None, late_by_ms=None)
        stay_id, patient_id = (hospital.chance.uuid7(past.admitted_at) for _ in range(2))
        where = {"stay_id": stay_id, "patient_id": patient_id, "unit_id": ward.unit_id, "bed_id": bed_id}
        body = {**where, "patient": hospital.patient("en", taken), "observed_at": instant_text(past.admitted_at)}
        admissions.append(charge.entry("patient_admitted", body, past.admitted_at))
        for at, values in past.sets:
            about = {"stay_id": stay_id, "observed_at": instant_text(at), "already_escalated": True}
            sets.append(charge.entry("vital_signs_charted", {**about, "values": values}, at + 15 * MINUTE))
        bedsides.bodies[stay_id], bedsides.looked_at[stay_id] = past.body, now_ms
    await _send_all(charge, [*admissions, *sets])
    return bedsides


async def _begin_care(charge: Tablet, stays: list[str], now_ms: int) -> None:
    every_two_hours = [each for each in care_templates().values() if each.interval_minutes == 120]
    entries = []
    for number, stay_id in enumerate(stays):
        for template in every_two_hours:
            due_at = instant_text(now_ms + (20 + number) * MINUTE)
            care = {"template_id": template.template_id, "interval_minutes": 120, "first_due_at": due_at}
            body = {"observed_at": instant_text(now_ms), "stay_id": stay_id, **care}
            entries.append(charge.entry("recurring_care_started", body, now_ms))
    await _send_all(charge, entries)


async def _send_all(tablet: Tablet, entries: list[Json]) -> None:
    for start in range(0, len(entries), BATCH):
        await tablet.send(tablet.push_of(entries[start : start + BATCH]))
