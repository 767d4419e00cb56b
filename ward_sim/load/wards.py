"""Units full of patients, and what their nurses chart next."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import msgspec

from ward_sim.hospital import Hospital, Ward, new_hospital
from ward_sim.instants import DAY, HOUR, MINUTE, SECOND, instant_text
from ward_sim.load.ledger import Ledger
from ward_sim.load.light import LightTablet
from ward_sim.loading import pairing_code
from ward_sim.physiology import new_body

Json = dict[str, Any]
PATIENTS = 30
ROLES = {"charge_nurse": 1, "ward_nurse": 4}
SIGNING_IN = 16  # the server checks two PINs at a time, and sends away who would wait too long
IN_HAND = 100  # the others lie at their stations: nobody is signed in
# Late sets still count for the score (docs/escalation.md) and two of one patient are not taken for one.
FROM_AGO, APART = 11 * HOUR, 2 * MINUTE + 5 * SECOND
NOTES = ("slept well", "walked to the window", "ate half of the lunch", "family was here", "asks for the doctor")
ONE_IN = 4  # of four entries one is a note


def hospital_of(units: int, seed: int, made_at_ms: int) -> Hospital:
    """Return a hospital of so many wards."""
    return new_hospital(seed, made_at_ms, [f"Ward {n + 1}" for n in range(units)], PATIENTS, ROLES)


@dataclass(slots=True)
class LoadedWard:
    """A ward with a patient in each bed, and the tablets in it; `charge` set it up."""

    ward: Ward
    charge: LightTablet
    tablets: list[LightTablet]
    stays: list[str]
    charting: Iterator[tuple[str, Json, int]]

    @property
    def in_hand(self) -> list[LightTablet]:
        """Those on which somebody is signed in."""
        return [tablet for tablet in self.tablets if tablet.is_in_hand]

    def save(self, tablet: LightTablet, entries: int = 1) -> None:
        """Somebody charts on this tablet."""
        for _ in range(entries):
            tablet.save(*next(self.charting))


def charting(die: random.Random, stays: list[str], now_ms: int) -> Iterator[tuple[str, Json, int]]:
    """Go from bed to bed without end: sets, and now and then a note."""
    bodies = {stay_id: new_body(die, now_ms - FROM_AGO, now_ms, ill_share=0.0) for stay_id in stays}
    at = dict.fromkeys(stays, now_ms - FROM_AGO)
    for stay_id in cycle(stays):
        at[stay_id] += APART
        if at[stay_id] >= now_ms:
            at[stay_id] = now_ms - FROM_AGO + die.randrange(MINUTE)
        about = {"stay_id": stay_id, "observed_at": instant_text(at[stay_id])}
        if die.randrange(ONE_IN) == 0:
            yield "note_written", {**about, "note": die.choice(NOTES)}, now_ms
        else:
            yield "vital_signs_charted", {**about, "values": bodies[stay_id].read(at[stay_id])}, now_ms


async def opened(hospital: Hospital, address: tuple[str, int], tablets: int, ledger: Ledger) -> list[LoadedWard]:
    """Fill every ward and pair the tablets, as many in each as the number allows."""
    signing_in = asyncio.Semaphore(SIGNING_IN)
    wards = await asyncio.gather(*(_filled(hospital, ward, address, ledger, signing_in) for ward in hospital.wards))
    await add_tablets(wards, address, tablets, ledger)
    return wards


async def add_tablets(
    wards: list[LoadedWard], address: tuple[str, int], upto: int, ledger: Ledger
) -> list[LightTablet]:
    """Pair more tablets until there are so many; return the new ones."""
    signing_in = asyncio.Semaphore(SIGNING_IN)

    async def add(ward: LoadedWard, number: int) -> LightTablet:
        people = ward.ward.people("ward_nurse")
        is_ear = number < len(wards)
        async with signing_in:
            person = people[number // len(wards) % len(people)] if number < IN_HAND else None
            code = pairing_code(ward.ward)
            tablet = await LightTablet.paired(address, code, person, ledger, is_ear=is_ear)
        tablet.tablet.line.hang_up()
        ward.tablets.append(tablet)
        return tablet

    known = sum(len(ward.tablets) for ward in wards)
    return list(await asyncio.gather(*(add(wards[number % len(wards)], number) for number in range(known, upto))))


async def _filled(
    hospital: Hospital, ward: Ward, address: tuple[str, int], ledger: Ledger, signing_in: asyncio.Semaphore
) -> LoadedWard:
    [in_charge] = ward.people("charge_nurse")
    async with signing_in:
        charge = await LightTablet.paired(address, pairing_code(ward), in_charge, ledger)
    die, now_ms = random.Random(f"{hospital.die.random()}/{ward.unit_id}"), ledger.now_ms()
    stays = await _stays_already(charge, ward)
    if not stays:
        stays = _admit(hospital, ward, charge, now_ms)
        first = charting(die, stays, now_ms)
        for _ in stays:  # nobody is overdue from the beginning
            _, body, _ = next(each for each in first if each[0] == "vital_signs_charted")
            charge.save("vital_signs_charted", {**body, "observed_at": instant_text(now_ms - MINUTE)}, now_ms)
        await charge.flush()
    await charge.close()
    return LoadedWard(ward, charge, [], stays, charting(die, stays, now_ms))


async def _stays_already(charge: LightTablet, ward: Ward) -> list[str]:
    """Who lies there since an earlier load of the same hospital."""
    reply = await charge.reads.ask("GET", f"/api/sync/snapshot/unit:{ward.unit_id}?chunk=0", b"", **charge.tablet.proof)
    return [row["id"] for row in msgspec.json.decode(reply.body)["rows"] if row["type"] == "stay"]


def _admit(hospital: Hospital, ward: Ward, charge: LightTablet, now_ms: int) -> list[str]:
    beds = [bed_id for bed_id, _, _ in ward.beds]
    on_duty = {"observed_at": instant_text(now_ms), "unit_id": ward.unit_id, "post": "charge", "bed_ids": beds}
    charge.save("duty_started", on_duty, now_ms)
    taken: set[str] = set()
    stays: list[str] = []
    at = now_ms - DAY
    for bed_id in beds:
        stay_id, patient_id = (hospital.chance.uuid7(at) for _ in range(2))
        where = {"stay_id": stay_id, "patient_id": patient_id, "unit_id": ward.unit_id, "bed_id": bed_id}
        body = {**where, "patient": hospital.patient("en", taken), "observed_at": instant_text(at)}
        charge.save("patient_admitted", body, now_ms)
        stays.append(stay_id)
    return stays
