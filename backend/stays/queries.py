"""What others may ask about stays, set-wise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from backend.db import Connection
from shared_schemas.stays import PatientRow, PlacementKind, Sex, StayRow


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about a patient's care: age, pregnancy, where and since when; `at_home`: a home-care team's."""

    stay_id: str
    patient_id: str
    unit_id: str
    bed_id: str | None
    born_on: date
    pregnant: bool
    admitted_at: datetime
    arrived_at: datetime
    departed_at: datetime | None
    owner_staff_id: str | None
    offered_to_staff_id: str | None
    declined_by_staff_id: str | None
    exited_at: datetime | None
    assigned_at: datetime | None
    at_home: bool

    @property
    def feed(self) -> str | None:
        """The feed that shows this stay's rows; None once the stay has left it."""
        return f"unit:{self.unit_id}" if self.exited_at is None else None


FACTS = """
select s.stay_id, s.patient_id, s.unit_id, s.bed_id, p.born_on, s.pregnant, s.admitted_at, s.arrived_at,
       s.departed_at, s.owner_staff_id, s.offered_to_staff_id, s.declined_by_staff_id,
       s.exited_at, s.assigned_at, u.kind = 'home' as at_home
from stay s join patient p using (patient_id) join unit u using (unit_id)
where s.stay_id = any($1::uuid[])
order by s.stay_id
"""


async def facts(connection: Connection, stay_ids: Iterable[str], *, lock: bool = False) -> dict[str, Facts]:
    """Facts by stay; unknown stays are absent. `lock` holds the stays, in id order, until the transaction ends."""
    sql = FACTS + "for no key update of s" if lock else FACTS
    found = await connection.fetch(sql, sorted(set(stay_ids)))
    return {str(each["stay_id"]): Facts(*map(_plain, each.values())) for each in found}


@dataclass(frozen=True, slots=True)
class BedNurse:
    """Which nurse has a bed, and since when by the server's clock."""

    bed_id: str
    staff_id: str
    since_at: datetime


async def bed_nurses(connection: Connection, bed_ids: Iterable[str]) -> list[BedNurse]:
    """Who has these beds now; beds that nobody has are absent."""
    found = await connection.fetch(
        "select bed_id, staff_id, since_at from bed_nurse where bed_id = any($1::uuid[])", list(bed_ids)
    )
    return [BedNurse(*map(_plain, each.values())) for each in found]


@dataclass(frozen=True, slots=True)
class Departure:
    """Who has left: name and its language, the last bed, and when."""

    stay_id: str
    name: str
    lang: str
    bed_id: str | None
    departed_at: datetime


DEPARTURES = """
select s.stay_id, p.name, p.lang, (
    select b.bed_id from bed_stay b where b.stay_id = s.stay_id order by b.from_at desc, b.bed_stay_id limit 1
), s.departed_at
from stay s join patient p using (patient_id) where s.stay_id = any($1::uuid[]) and s.departed_at is not null
"""


async def departures(connection: Connection, stay_ids: Iterable[str]) -> dict[str, Departure]:
    """Departures by stay; who is still here is absent."""
    found = await connection.fetch(DEPARTURES, list(stay_ids))
    return {str(each["stay_id"]): Departure(*map(_plain, each.values())) for each in found}


ADMITTED_BY = """
select p.stay_id::text, p.entry_id::text from placement p
join unnest($1::uuid[], $2::uuid[]) as c(stay_id, entry_id) using (stay_id, entry_id)
where p.how = 'admission' and p.cancelled_by is null order by stay_id
"""


async def admitted_by(connection: Connection, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The admission by its stay, of those (stay, entry) of which the entry is one that stands."""
    listed = list(pairs)
    found = await connection.fetch(ADMITTED_BY, [stay for stay, _ in listed], [entry for _, entry in listed])
    return {row["stay_id"]: row["entry_id"] for row in found}


STAY_FIELDS = StayRow.__struct_fields__


def stay_row(record: asyncpg.Record) -> StayRow:
    """A record of `stay` as tablets see it."""
    fields: dict[str, Any] = {name: _plain(record[name]) for name in STAY_FIELDS}
    if fields["placed_how"] is not None:
        fields["placed_how"] = PlacementKind(fields["placed_how"])
    return StayRow(**fields)


def patient_row(record: asyncpg.Record, stay_id: str) -> PatientRow:
    """A record of `patient` as tablets see it, during one stay."""
    return PatientRow(
        patient_id=str(record["patient_id"]),
        stay_id=stay_id,
        name=record["name"],
        lang=record["lang"],
        sex=Sex(record["sex"]),
        born_on=record["born_on"],
        identifier=record["identifier"],
    )


def _plain(value: Any) -> Any:
    """Ids are text everywhere above the driver."""
    return str(value) if type(value).__name__ == "UUID" else value
