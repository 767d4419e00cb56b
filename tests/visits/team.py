"""A home-care team of the cast: Noor and Omar visit, Paula coordinates, Quinn is on call; their words go by tablet."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.db import unit_of_work
from shared_schemas.places import UnitKind
from shared_schemas.staff import DutyStarted, Post, Role
from shared_schemas.stays import PatientAdmitted
from shared_schemas.tasks import CareKind, TaskRow
from shared_schemas.visits import VisitKind, VisitNoteRow, VisitPlanned, VisitRow
from tests.cast import Person, Ward, identity, uid
from tests.door_cast import DoorCast
from tests.tablet import Tablet

# A Tuesday morning: the night of the test clock is over.
MORNING = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)


@dataclass
class Team(DoorCast):
    """The team on duty, and what a test asks about its patients."""

    home: Ward = field(default_factory=lambda: Ward("Home team", kind=UnitKind.HOME))
    noor: Person = field(default_factory=lambda: Person("Noor", Role.HOME_CARE_NURSE))
    omar: Person = field(default_factory=lambda: Person("Omar", Role.HOME_CARE_NURSE))
    paula: Person = field(default_factory=lambda: Person("Paula", Role.COORDINATOR))
    quinn: Person = field(default_factory=lambda: Person("Quinn", Role.DUTY_CLINICIAN))

    async def set_up(self) -> None:
        self.clock.set(MORNING)
        await super().set_up()
        async with unit_of_work(self.database, self.now) as work:
            hospital_id = str(await work.connection.fetchval("select hospital_id from hospital"))
            await self._open_ward(work, hospital_id, self.home)
            for person in (self.noor, self.omar, self.paula, self.quinn):
                person.unit_ids = [self.home.unit_id]
                await self._employ(work, person)
        posts = {self.noor: Post.NURSE, self.omar: Post.NURSE, self.paula: Post.CHARGE, self.quinn: Post.ON_CALL}
        for person, post in posts.items():
            await self.say(person, DutyStarted(observed_at=self.now, unit_id=self.home.unit_id, post=post, bed_ids=[]))

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def at(self, minutes: float) -> datetime:
        """Minutes after the morning began."""
        return MORNING + timedelta(minutes=minutes)

    async def until(self, minutes: float) -> None:
        """Time passes until then, and every sweep does what is due; the tablets are heard of meanwhile."""
        while self.now < self.at(minutes):
            await self.server.advance(min(self.now + timedelta(minutes=1), self.at(minutes)))
            await self.database.pool.execute("update device set contact_at = $1", self.now)

    async def admit(self) -> str:
        """A patient comes into home care."""
        body = PatientAdmitted(
            observed_at=self.now,
            stay_id=uid(),
            patient_id=uid(),
            unit_id=self.home.unit_id,
            patient=identity(uid()[:8]),
        )
        assert (await self.say(self.paula, body)).held is None
        return body.stay_id

    def plan_of(
        self, stay_id: str, staff: Person | None = None, *, begins: float = 60, ends: float = 120, **more: Any
    ) -> VisitPlanned:
        """A visit within a window in minutes after the morning began."""
        return VisitPlanned(
            observed_at=self.now,
            stay_id=stay_id,
            visit_id=more.pop("visit_id", uid()),
            kind=more.pop("kind", VisitKind.VISIT),
            window_from_at=self.at(begins),
            window_to_at=self.at(ends),
            staff_id=staff.staff_id if staff else None,
            **more,
        )

    async def planned(self, staff: Person | None = None, stay_id: str | None = None, **more: Any) -> tuple[str, str]:
        """A visit that Paula planned; (stay, visit)."""
        body = self.plan_of(stay_id or await self.admit(), staff, **more)
        assert (await self.say(self.paula, body)).held is None
        return body.stay_id, body.visit_id

    async def away(self, person: Person) -> Tablet:
        """Her tablet, with all it needs for a day, before the network goes."""
        tablet = await self.tablet_of(person)
        await tablet.pull()
        return tablet

    async def visit(self, visit_id: str) -> VisitRow:
        return await self.row(self.home, "visit", visit_id)

    async def note(self, visit_id: str) -> VisitNoteRow:
        [found] = [row for row in await self.rows(self.home, "visit_note") if row.visit_id == visit_id]
        return found

    async def task(self, visit_id: str) -> TaskRow:
        return await self.row(self.home, "task", visit_id)

    async def tasks(self, stay_id: str, kind: CareKind) -> list[TaskRow]:
        found = [row for row in await self.rows(self.home, "task") if row.stay_id == stay_id]
        return [row for row in found if row.kind is kind]

    async def alerts(self) -> list[Any]:
        return await self.rows(self.home, "alert")

    async def asked(self, alert_id: str) -> list[str]:
        """Names of those who were asked, in order."""
        alert = await self.row(self.home, "alert", alert_id)
        names = {person.staff_id: person.name for person in (self.noor, self.omar, self.paula, self.quinn)}
        told = [step for step in alert.steps if step.staff_id and (step.ended_at is None or step.times_out_at)]
        return [names[step.staff_id] for step in told]
