"""Thousands of admissions, moves, swaps, leaves, departures, reservations and cancels by several tablets, late and twice."""

import random
from typing import Any

import pytest

from backend.slice import Outcome
from shared_schemas.base import Body
from shared_schemas.stays import BedAssigned, BedsSwapped, PatientDischarged, PatientTransferred, PlacementCancelled
from tests.beds.laws import UNWATCHED, places
from tests.beds.machine import Machine
from tests.beds.sayings import SAID
from tests.beds.ward import BedWard
from tests.cast import uid

SEEDS = 10
# What the server takes of one seed, whatever else was held; together they are the thousands.
APPLIED = 210
OF_EACH_KIND = 3


def test_the_seeds_together_are_thousands() -> None:
    assert SEEDS * APPLIED >= 2000


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_is_said_no_bed_holds_two_and_each_cancel_restores_what_was(ward: BedWard, seed: int) -> None:
    machine = await Machine.begun(ward, seed)
    while machine.applied.total() < APPLIED:
        await machine.step()
    await machine.come_home()
    assert {said: machine.applied[said] for said in SAID if machine.applied[said] < OF_EACH_KIND} == {}
    assert all(machine.seen[what] >= OF_EACH_KIND for what in ("late", "twice", "restored")), machine.seen
    assert await ward.cast.database.pool.fetchval(UNWATCHED) == 0


@pytest.mark.parametrize("seed", range(3))
async def test_cancels_one_after_another_restore_each_place_that_was(ward: BedWard, seed: int) -> None:
    """The last in, the first out: after each cancel the stay is where it was before that placement."""
    rng, charlotte = random.Random(seed), ward.cast.charlotte
    await ward.also_in_west(charlotte)
    for _ in range(6):
        one, other = both = await ward.admit(0), await ward.admit(1)
        done: list[tuple[str, list[Any]]] = []
        for _ in range(5):
            ward.later()
            entry_id, before = uid(), await places(ward, both)
            body = rng.choice(await moves(ward, one, other, rng))
            if (await ward.say(body, charlotte, entry_id)).held is None and await places(ward, both) != before:
                done.append((entry_id, before))
        while done:
            ward.later()
            entry_id, before = done.pop()
            body = PlacementCancelled(observed_at=ward.now, stay_id=one, cancels=entry_id)
            assert await ward.say(body, charlotte) == Outcome()
            assert await places(ward, both) == before
        for stay_id in both:
            await ward.discharge(stay_id, by=charlotte)


async def moves(ward: BedWard, one: str, other: str, rng: random.Random) -> list[Body]:
    at, west = ward.now, ward.cast.west
    beds = await ward.cast.database.pool.fetch("select stay_id::text, bed_id::text from stay where bed_id is not null")
    lying: dict[str, str] = dict(beds)
    return [
        BedAssigned(observed_at=at, stay_id=one, bed_id=rng.choice(ward.cast.east.beds[2:])),
        BedAssigned(observed_at=at, stay_id=one, bed_id=None),
        PatientTransferred(observed_at=at, stay_id=one, to_unit_id=west.unit_id, to_bed_id=rng.choice(west.beds)),
        BedsSwapped(
            observed_at=at,
            stay_id=one,
            bed_id=lying.get(one, ward.bed(0)),
            other_stay_id=other,
            other_bed_id=lying.get(other, ward.bed(0)),
        ),
        PatientDischarged(observed_at=at, stay_id=one),
    ]
