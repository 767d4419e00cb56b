"""Short ways to mark, reserve and fill the beds of the east ward, and to see them as a tablet does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.access.actions import set_grants
from backend.beds.rules.state import Lying, Marked, Reserved, Standing, StateSince, bed_state
from backend.db import unit_of_work
from backend.slice import Outcome
from shared_schemas.beds import BedMarked, BedReserved, Readiness
from shared_schemas.staff import Grant
from shared_schemas.stays import BedAssigned, BedsSwapped, PatientDischarged, PatientTransferred
from shared_schemas.vitals import PauseReason
from tests.cast import Person, Ward, uid
from tests.door_cast import DoorCast
from tests.stays.arrivals import admission


@dataclass
class BedWard:
    """The east ward; time moves only when the test says so. Beds are named by their place."""

    cast: DoorCast

    @property
    def now(self) -> datetime:
        return self.cast.clock.now()

    def later(self, minutes: float = 1) -> datetime:
        self.cast.clock.advance(timedelta(minutes=minutes))
        return self.now

    def bed(self, place: int) -> str:
        return self.cast.east.beds[place]

    async def say(self, body: Any, by: Person | None = None, entry_id: str | None = None) -> Outcome:
        return await self.cast.say(by or self.cast.anna, body, entry_id=entry_id)

    async def admit(self, bed: int | None = None, *, entry_id: str | None = None, **fields: Any) -> str:
        body = admission(self.cast, bed, **fields)
        outcome = await self.say(body, entry_id=entry_id)
        assert outcome.held is None
        return body.stay_id

    async def assign(self, stay_id: str, bed: int | None, **given: Any) -> Outcome:
        bed_id = None if bed is None else self.bed(bed)
        return await self.say(BedAssigned(observed_at=self.now, stay_id=stay_id, bed_id=bed_id), **given)

    async def discharge(self, stay_id: str, at: datetime | None = None, **given: Any) -> Outcome:
        return await self.say(PatientDischarged(observed_at=at or self.now, stay_id=stay_id), **given)

    async def transfer(self, stay_id: str, bed: int | None = None, **given: Any) -> Outcome:
        west = self.cast.west
        to_bed_id = None if bed is None else west.beds[bed]
        body = PatientTransferred(observed_at=self.now, stay_id=stay_id, to_unit_id=west.unit_id, to_bed_id=to_bed_id)
        return await self.say(body, **given)

    def swapping(self, one: str, bed: int, other: str, other_bed: int) -> BedsSwapped:
        """What somebody says who sees each of them in that bed, and means them to exchange it."""
        return BedsSwapped(
            observed_at=self.now,
            stay_id=one,
            bed_id=self.bed(bed),
            other_stay_id=other,
            other_bed_id=self.bed(other_bed),
        )

    async def mark(self, bed: int, readiness: Readiness, by: Person | None = None, **fields: Any) -> Outcome:
        """Somebody marks a bed and has seen its last mark, unless `seen_mark_id` says otherwise."""
        status = await self.row("bed_status", "bed_id", self.bed(bed))
        seen: dict[str, Any] = {"seen_mark_id": status.mark_id if status else None, "observed_at": self.now}
        body = BedMarked(unit_id=self.cast.east.unit_id, bed_id=self.bed(bed), readiness=readiness, **(seen | fields))
        return await self.say(body, by)

    async def reserve(
        self, bed: int, *, by: Person | None = None, entry_id: str | None = None, **fields: Any
    ) -> Outcome:
        said: dict[str, Any] = {"observed_at": self.now, "until_at": self.now + timedelta(hours=2)}
        body = BedReserved(unit_id=self.cast.east.unit_id, bed_id=self.bed(bed), **(said | fields))
        return await self.say(body, by, entry_id or uid())

    async def also_in_west(self, person: Person) -> None:
        """She works in both wards."""
        units = (self.cast.east.unit_id, self.cast.west.unit_id)
        grants = [Grant(unit_id=unit_id, role=person.role) for unit_id in units]
        async with unit_of_work(self.cast.database, self.now) as work:
            await set_grants(work, person.staff_id, grants, self.now - timedelta(days=1))

    async def row(self, type_name: str, key: str, wanted: str, ward: Ward | None = None) -> Any:
        rows = await self.cast.rows(ward or self.cast.east, type_name)
        return next((row for row in rows if getattr(row, key) == wanted), None)

    async def state(self, bed: int) -> StateSince:
        """The state of a bed, derived from the rows of the unit's feed as a tablet derives it."""
        return (await self.states())[self.bed(bed)]

    async def states(self, ward: Ward | None = None) -> dict[str, StateSince]:
        ward = ward or self.cast.east
        kept = {name: await self.cast.rows(ward, name) for name in ROWS}
        return {bed_id: bed_state(standing(kept, bed_id, self.now), self.now) for bed_id in ward.beds}


ROWS = ("bed_status", "bed_use", "bed_reservation", "stay", "observation_duty")


def standing(kept: dict[str, list[Any]], bed_id: str, now: datetime) -> Standing:
    """How a bed stands by the rows of a feed; the tablet has the same in pwa/src/beds/bed_state.ts."""
    marked = next((Marked(row.readiness, row.marked_at) for row in kept["bed_status"] if row.bed_id == bed_id), None)
    freed_at = next((row.freed_at for row in kept["bed_use"] if row.bed_id == bed_id), None)
    held = [row for row in kept["bed_reservation"] if row.bed_id == bed_id and row.until_at > now]
    reserved = next((Reserved(row.reserved_at, row.until_at) for row in held), None)
    here = [row for row in kept["stay"] if row.bed_id == bed_id and row.departed_at is None]
    away = {row.stay_id: row.paused_at for row in kept["observation_duty"] if row.pause_reason is PauseReason.LEAVE}
    lying = next((Lying(row.bed_since_at, away.get(row.stay_id)) for row in here), None)
    return Standing(lying, marked, freed_at, reserved)
