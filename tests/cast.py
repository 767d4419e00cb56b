"""The test cast: two wards with beds, the people of a shift, and a way to say entries to the slices at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec

from backend.access.actions import set_person
from backend.access.queries import stay_spans
from backend.access.rules import scope_at
from backend.app import SLICES
from backend.changes.actions import open_feed
from backend.changes.queries import snapshot_rows
from backend.clock import SteppedClock
from backend.db import Database, Work, unit_of_work
from backend.places.actions import set_beds, set_hospital, set_policy, set_unit
from backend.slice import Arrived, Author, Outcome, Scope, Sweep
from shared_schemas.base import Body
from shared_schemas.places import BedRow, UnitKind, UnitRow
from shared_schemas.policy import default_policy
from shared_schemas.registry import ROWS
from shared_schemas.staff import Grant, Role, StaffRow
from shared_schemas.stays import PatientIdentity, Sex


def uid() -> str:
    return str(uuid4())


@dataclass(eq=False)
class Person:
    """Somebody of the cast."""

    name: str
    role: Role
    staff_id: str = field(default_factory=uid)
    unit_ids: list[str] = field(default_factory=list)


@dataclass
class Ward:
    """A unit of the cast with its beds."""

    name: str
    unit_id: str = field(default_factory=uid)
    beds: list[str] = field(default_factory=list)
    kind: UnitKind = UnitKind.WARD


@dataclass
class Cast:
    """Two wards and their people on one database and clock."""

    database: Database
    clock: SteppedClock
    east: Ward = field(default_factory=lambda: Ward("East"))
    west: Ward = field(default_factory=lambda: Ward("West"))
    anna: Person = field(default_factory=lambda: Person("Anna", Role.WARD_NURSE))
    boris: Person = field(default_factory=lambda: Person("Boris", Role.WARD_NURSE))
    charlotte: Person = field(default_factory=lambda: Person("Charlotte", Role.CHARGE_NURSE))
    carl: Person = field(default_factory=lambda: Person("Carl", Role.CHARGE_NURSE))
    duc: Person = field(default_factory=lambda: Person("Duc", Role.DUTY_CLINICIAN))
    hana: Person = field(default_factory=lambda: Person("Hana", Role.HEALTHCARE_ASSISTANT))
    wei: Person = field(default_factory=lambda: Person("Wei", Role.WARD_NURSE))
    n: int = 0

    @property
    def people(self) -> list[Person]:
        return [self.anna, self.boris, self.charlotte, self.carl, self.duc, self.hana, self.wei]

    async def set_up(self) -> None:
        """The hospital as it stands before anybody comes."""
        hospital_id = uid()
        async with unit_of_work(self.database, self.clock.now()) as work:
            await set_hospital(work.connection, hospital_id, "Test hospital")
            for ward in (self.east, self.west):
                await self._open_ward(work, hospital_id, ward)
            for person in self.people:
                person.unit_ids = [self.west.unit_id] if person is self.wei else [self.east.unit_id]
                await self._employ(work, person)

    async def _open_ward(self, work: Work, hospital_id: str, ward: Ward) -> None:
        row = UnitRow(
            unit_id=ward.unit_id,
            name=ward.name,
            time_zone="Europe/London",
            lang="en",
            rapid_response_phone="2222",
            policy_version=1,
            kind=ward.kind,
        )
        await set_unit(work.connection, hospital_id, row)
        ward.beds = [uid() for _ in range(6)]
        beds = [
            BedRow(bed_id=bed_id, unit_id=ward.unit_id, bay="A", label=str(place), position=place)
            for place, bed_id in enumerate(ward.beds, 1)
        ]
        await set_beds(work.connection, beds)
        await set_policy(
            work.connection, ward.unit_id, default_policy(ward.kind), self.clock.now() - timedelta(days=365)
        )
        await open_feed(work.connection, f"unit:{ward.unit_id}")

    async def _employ(self, work: Work, person: Person) -> None:
        grants = [Grant(unit_id=unit_id, role=person.role) for unit_id in person.unit_ids]
        row = StaffRow(staff_id=person.staff_id, name=person.name, lang="en", ui_lang="en", grants=grants)
        await set_person(work, row, None, self.clock.now() - timedelta(days=365))

    def author(self, person: Person) -> Author:
        grants = tuple(Grant(unit_id=unit_id, role=person.role) for unit_id in person.unit_ids)
        return Author(person.staff_id, uid(), grants)

    async def arrived(
        self, work: Work, person: Person, body: Body, recorded_at: datetime | None = None, entry_id: str | None = None
    ) -> Arrived[Any]:
        """The entry as the door hands it on: proven, its instants never later than now."""
        now, author = work.now, self.author(person)
        self.n += 1
        stay_id = getattr(body, "stay_id", None)
        spans = (await stay_spans(work.connection, [stay_id])).get(stay_id) if stay_id else None
        unit_id = getattr(body, "unit_id", None)
        return Arrived(
            entry_id=entry_id or uid(),
            device_id=uid(),
            n=self.n,
            author=author,
            scope=scope_at(stay_id, spans, body.observed_at) if stay_id and spans else Scope(stay_id, unit_id, unit_id),
            body=body,
            observed_at=min(body.observed_at, now),
            recorded_at=min(recorded_at or body.observed_at, now),
            received_at=now,
        )

    async def say(
        self, person: Person, body: Body, *, recorded_at: datetime | None = None, entry_id: str | None = None
    ) -> Outcome:
        """One entry reaches the server now; its outcome."""
        async with unit_of_work(self.database, self.clock.now()) as work:
            arrived = await self.arrived(work, person, body, recorded_at, entry_id)
            handles = handler_of(type(body))
            assert handles.gate(arrived.author, arrived.scope), f"{person.name} may not say {type(body).__name__}"
            [outcome] = await handles.apply(work, [arrived])
        return outcome

    async def sweep(self, *, seconds: float = 0) -> None:
        """Time passes, and every sweep does what is due."""
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))
        await run_sweeps([sweep for each in SLICES for sweep in each.sweeps], self.database, self.clock.now())

    async def rows(self, ward: Ward, type_name: str) -> list[Any]:
        """The current rows of a type in the ward's feed, as a tablet would have them."""
        async with unit_of_work(self.database, self.clock.now()) as work:
            found = await snapshot_rows(work.connection, f"unit:{ward.unit_id}")
        return [msgspec.json.decode(row.row, type=ROWS[type_name]) for row in found if row.type == type_name]

    async def row(self, ward: Ward, type_name: str, row_id: str) -> Any:
        """One row of the ward's feed; None when it is not there."""
        key = "stay_id" if type_name == "stay" else f"{type_name}_id"
        return next((row for row in await self.rows(ward, type_name) if getattr(row, key) == row_id), None)


async def due_at(sweep: Sweep, database: Database, now: datetime) -> datetime | None:
    """When the sweep says that it has something to do."""
    return await database.pool.fetchval(f"select case when $1::timestamptz is not null then ({sweep.due_at}) end", now)


async def run_sweeps(sweeps: Sequence[Sweep], database: Database, now: datetime) -> None:
    """Every sweep until nothing is left, lowest room first; none may find work before the instant that it names."""
    for sweep in sweeps:
        next_at = await due_at(sweep, database, now)
        done = await sweep.run(database, now)
        assert not done or (next_at is not None and next_at <= now), f"{sweep.name} is due, and did not say so"
        while done:
            done = await sweep.run(database, now)


def handler_of(body_type: type[Body]) -> Any:
    [handles] = [each.entries[body_type] for each in SLICES if body_type in each.entries]
    return handles


def identity(identifier: str = "900 1", name: str = "Test Patient") -> PatientIdentity:
    return PatientIdentity(name=name, lang="en", sex=Sex.FEMALE, born_on=date(1950, 1, 1), identifier=identifier)
