"""Making places: the hospital, its units, beds and policies."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.db import Connection
from backend.places.queries import forget
from shared_schemas.places import BedRow, UnitRow
from shared_schemas.policy import Policy

SET_HOSPITAL = """
insert into hospital (hospital_id, name) values ($1, $2)
on conflict (hospital_id) do update set name = excluded.name
"""
SET_UNIT = """
insert into unit (unit_id, hospital_id, name, time_zone, lang, rapid_response_phone, kind, coordinator_phone)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (unit_id) do update set name = excluded.name, time_zone = excluded.time_zone, lang = excluded.lang,
    kind = excluded.kind, rapid_response_phone = excluded.rapid_response_phone,
    coordinator_phone = excluded.coordinator_phone, version = unit.version + 1
returning version
"""
SET_BEDS = """
insert into bed (bed_id, unit_id, bay, label, position)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::integer[])
on conflict (bed_id) do update set bay = excluded.bay, label = excluded.label, position = excluded.position
"""
SET_POLICY = """
insert into unit_policy (unit_id, version, effective_at, policy) values ($1, $2, $3, $4)
on conflict (unit_id, version) do nothing
"""


async def set_hospital(connection: Connection, hospital_id: str, name: str) -> None:
    """Name the hospital of this database."""
    await connection.execute(SET_HOSPITAL, hospital_id, name)


async def set_unit(connection: Connection, hospital_id: str, unit: UnitRow) -> int:
    """Store a unit; returns the version of its row."""
    forget(unit.unit_id)
    fields = (
        unit.unit_id,
        hospital_id,
        unit.name,
        unit.time_zone,
        unit.lang,
        unit.rapid_response_phone,
        unit.kind.value,
        unit.coordinator_phone,
    )
    version = await connection.fetchval(SET_UNIT, *fields)
    assert version is not None  # an upsert returns its row
    return version


async def set_beds(connection: Connection, beds: Sequence[BedRow]) -> None:
    """Store beds."""
    columns = [(bed.bed_id, bed.unit_id, bed.bay, bed.label, bed.position) for bed in beds]
    await connection.execute(SET_BEDS, *(list(column) for column in zip(*columns, strict=True)))


async def set_policy(connection: Connection, unit_id: str, policy: Policy, effective_at: datetime) -> None:
    """A new version of a unit's policy, in force from `effective_at`; a version that exists stays as it is."""
    forget(unit_id)
    text = msgspec.json.encode(policy).decode()
    await connection.execute(SET_POLICY, unit_id, policy.version, effective_at, text)
