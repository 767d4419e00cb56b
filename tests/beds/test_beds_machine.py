"""Thousands of admissions, moves, swaps, leaves, departures, cancels and marks by several tablets, out of order and twice."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.beds.rules.state import Lying, Marked, Reserved, Standing, bed_state
from backend.slice import Outcome
from shared_schemas.base import Body
from shared_schemas.beds import BedMarked, BedReserved, Readiness
from shared_schemas.stays import (
    BedAssigned,
    BedsSwapped,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
    PlacementCancelled,
)
from shared_schemas.vitals import ObservationsPaused, ObservationsResumed, PauseReason
from shared_schemas.wire import Verdict
from tests.beds.ward import BedWard
from tests.cast import Ward, identity, uid
from tests.tablet import Tablet

TWO_IN_A_BED = """
select count(*) from bed_stay a join bed_stay b on a.bed_id = b.bed_id and a.bed_stay_id < b.bed_stay_id
and tstzrange(a.from_at, a.to_at) && tstzrange(b.from_at, b.to_at)
"""
IN_TWO_BEDS = """
select count(*) from bed_stay a join bed_stay b on a.stay_id = b.stay_id and a.bed_stay_id < b.bed_stay_id
and tstzrange(a.from_at, a.to_at) && tstzrange(b.from_at, b.to_at)
"""
# What a stay says of its bed, and what the beds say of their stays, must be one.
DISAGREEING = """
select count(*) from (select stay_id, bed_id from stay where bed_id is not null and departed_at is null) s
full join (select stay_id, bed_id from bed_stay where to_at is null) b using (stay_id, bed_id)
where s.stay_id is null or b.bed_id is null or s.bed_id is null
"""
TWO_RESERVATIONS = """
select count(*) from bed_reservation a join bed_reservation b on a.bed_id = b.bed_id
and a.reservation_id < b.reservation_id and a.ended_at is null and b.ended_at is null
and a.until_at > $1 and b.until_at > $1
"""
UNWATCHED = """
select count(*) from stay s where departed_at is null
and not exists (select from task t where t.stay_id = s.stay_id and t.open and t.kind = 'observation')
and not exists (select from observation_duty d where d.stay_id = s.stay_id and (d.paused_at is not null or d.stopped))
"""
SERVERS = """
select b.bed_id::text, s.readiness, s.marked_at, r.reserved_at, r.until_at, l.from_at, d.paused_at,
    (select max(to_at) from bed_stay e where e.bed_id = b.bed_id and not e.entered_in_error) as freed_at
from bed b left join bed_status s using (bed_id)
left join bed_reservation r on r.bed_id = b.bed_id and r.ended_at is null and r.until_at > $2
left join bed_stay l on l.bed_id = b.bed_id and l.to_at is null
left join observation_duty d on d.stay_id = l.stay_id and d.pause_reason = 'leave'
where b.unit_id = $1
"""


@dataclass
class Told:
    """What the tablets have saved: any of it may be cancelled by anybody."""

    stays: list[str] = field(default_factory=list)
    placements: list[tuple[str, str]] = field(default_factory=list)


def something(ward: BedWard, rng: random.Random, told: Told) -> Body:
    """What somebody might say now, sensible or not, at an instant within the last half hour."""
    east, west, at = ward.cast.east, ward.cast.west, ward.now - timedelta(minutes=rng.choice([0, 0, 0, 5, 30]))
    stay_id, bed = rng.choice(told.stays or [uid()]), rng.choice(east.beds[:4])
    roll = rng.random()
    if roll < 0.16:
        patient = identity(identifier=uid()[:8])
        bed_id = rng.choice([bed, bed, None])
        return PatientAdmitted(
            observed_at=at, stay_id=uid(), patient_id=uid(), unit_id=east.unit_id, bed_id=bed_id, patient=patient
        )
    if roll < 0.44 and told.placements:
        of, entry_id = rng.choice(told.placements[-6:])
        return PlacementCancelled(observed_at=at, stay_id=of, cancels=entry_id)
    to = rng.choice([east, west])
    said: list[Body] = [
        BedAssigned(observed_at=at, stay_id=stay_id, bed_id=rng.choice([bed, bed, bed, None])),
        PatientTransferred(observed_at=at, stay_id=stay_id, to_unit_id=to.unit_id, to_bed_id=to.beds[rng.randrange(3)]),
        BedsSwapped(observed_at=at, stay_id=stay_id, other_stay_id=rng.choice(told.stays or [uid()])),
        BedsSwapped(observed_at=at, stay_id=stay_id, other_stay_id=rng.choice(told.stays or [uid()])),
        PatientDischarged(observed_at=at, stay_id=stay_id),
        ObservationsPaused(
            observed_at=at, stay_id=stay_id, reason=PauseReason.LEAVE, expected_return_at=at + timedelta(hours=6)
        ),
        ObservationsResumed(observed_at=at, stay_id=stay_id),
        BedMarked(observed_at=at, unit_id=east.unit_id, bed_id=bed, readiness=rng.choice(list(Readiness))),
        BedReserved(
            observed_at=at, unit_id=east.unit_id, bed_id=bed, for_stay_id=stay_id, until_at=at + timedelta(hours=1)
        ),
    ]
    return rng.choice(said)


PLACING = (PatientAdmitted, BedAssigned, PatientTransferred, BedsSwapped, PatientDischarged)


class Machine:
    """Three tablets of the charge nurse, who works in both wards."""

    def __init__(self, ward: BedWard, seed: int) -> None:
        self.ward, self.rng, self.told = ward, random.Random(seed), Told()
        self.sent: list[dict[str, Any]] = []
        self.tablets: list[Tablet] = []

    async def step(self) -> None:
        tablet, rng = self.rng.choice(self.tablets), self.rng
        for _ in range(rng.randrange(1, 4)):
            self._save(tablet)
        if rng.random() < 0.3:
            return  # without a network: it sends later than others
        batch = list(tablet.outbox)
        rng.shuffle(batch)
        verdicts = await tablet.push(batch) if batch else []
        assert Verdict.LATER not in {each.verdict for each in verdicts}
        for verdict in verdicts:
            assert verdict.detail != "not_applied", verdict
        if rng.random() < 0.3 and batch:
            again = await tablet.push(batch)
            assert {each.verdict for each in again} == {Verdict.DUPLICATE}
        if rng.random() < 0.2:
            await self.ward.cast.sweep(seconds=rng.choice([30, 600, 3600]))

    def _save(self, tablet: Tablet) -> None:
        body = something(self.ward, self.rng, self.told)
        entry_id = tablet.save(self.ward.cast.charlotte.staff_id, body)
        stay_id = getattr(body, "stay_id", None)
        if isinstance(body, PatientAdmitted):
            self.told.stays = [*self.told.stays, body.stay_id][-8:]
        if isinstance(body, PLACING) and stay_id:
            self.told.placements.append((stay_id, entry_id))

    async def check(self) -> None:
        pool, now = self.ward.cast.database.pool, self.ward.now
        for law in (TWO_IN_A_BED, IN_TWO_BEDS, DISAGREEING):
            assert await pool.fetchval(law) == 0, law
        assert await pool.fetchval(TWO_RESERVATIONS, now) == 0
        for unit in (self.ward.cast.east, self.ward.cast.west):
            await self._check_tablets(unit, now)

    async def _check_tablets(self, unit: Ward, now: datetime) -> None:
        shown = await self.ward.states(unit)
        rows = await self.ward.cast.database.pool.fetch(SERVERS, unit.unit_id, now)
        assert shown == {row["bed_id"]: bed_state(servers(row), now) for row in rows}
        lying = [row.stay_id for row in await self.ward.cast.rows(unit, "stay") if row.bed_id and not row.departed_at]
        assert len(lying) == len(set(lying)) == sum(row["from_at"] is not None for row in rows)


def servers(row: Any) -> Standing:
    """How a bed stands by the server's own tables."""
    marked = row["readiness"] and Marked(Readiness(row["readiness"]), row["marked_at"])
    reserved = row["until_at"] and Reserved(row["reserved_at"], row["until_at"])
    lying = row["from_at"] and Lying(row["from_at"], row["paused_at"])
    return Standing(lying, marked, row["freed_at"], reserved)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_said_no_bed_holds_two_and_tablet_and_server_agree(ward: BedWard, seed: int) -> None:
    machine = Machine(ward, seed)
    await ward.also_in_west(ward.cast.charlotte)
    machine.tablets = [await ward.cast.another_tablet_of(ward.cast.charlotte) for _ in range(3)]
    for _ in range(60):
        await machine.step()
        ward.later(1)
        await machine.check()
    for tablet in machine.tablets:
        await tablet.push()
    await ward.cast.sweep()
    await machine.check()
    assert await ward.cast.database.pool.fetchval(UNWATCHED) == 0
    assert await ward.cast.database.pool.fetchval("select count(*) from placement where cancelled_by is not null") > 3


@pytest.mark.parametrize("seed", range(3))
async def test_cancels_one_after_another_restore_each_place_that_was(ward: BedWard, seed: int) -> None:
    """The last in, the first out: after each cancel the stay is where it was before that placement."""
    rng, charlotte = random.Random(seed), ward.cast.charlotte
    await ward.also_in_west(charlotte)
    for _ in range(6):
        one, other = await ward.admit(0), await ward.admit(1)
        done: list[tuple[str, list[Any]]] = []
        for _ in range(5):
            ward.later()
            entry_id, before = uid(), await places(ward, one, other)
            body = rng.choice(moves(ward, one, other, rng))
            if (await ward.say(body, charlotte, entry_id)).held is None and await places(ward, one, other) != before:
                done.append((entry_id, before))
        while done:
            ward.later()
            entry_id, before = done.pop()
            body = PlacementCancelled(observed_at=ward.now, stay_id=one, cancels=entry_id)
            assert await ward.say(body, charlotte) == Outcome()
            assert await places(ward, one, other) == before
        for stay_id in (one, other):
            await ward.discharge(stay_id, by=charlotte)


def moves(ward: BedWard, one: str, other: str, rng: random.Random) -> list[Body]:
    at, west = ward.now, ward.cast.west
    return [
        BedAssigned(observed_at=at, stay_id=one, bed_id=rng.choice(ward.cast.east.beds[2:])),
        BedAssigned(observed_at=at, stay_id=one, bed_id=None),
        PatientTransferred(observed_at=at, stay_id=one, to_unit_id=west.unit_id, to_bed_id=rng.choice(west.beds)),
        BedsSwapped(observed_at=at, stay_id=one, other_stay_id=other),
        PatientDischarged(observed_at=at, stay_id=one),
    ]


async def places(ward: BedWard, *stay_ids: str) -> list[Any]:
    sql = """select unit_id, bed_id, bed_since_at, owner_staff_id, arrived_at, moved_from_unit_id, departed_at, placed_entry_id,
        (select array_agg((bed_id, from_at, to_at) order by from_at, bed_id) from bed_stay b
         where b.stay_id = s.stay_id and not entered_in_error) from stay s where stay_id = any($1::uuid[]) order by stay_id"""
    return [tuple(row) for row in await ward.cast.database.pool.fetch(sql, list(stay_ids))]
