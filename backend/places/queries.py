"""Units, their time zones and the policies in force."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from backend.db import Connection
from shared_schemas.places import BedRow
from shared_schemas.policy import Policy

POLICIES = """
select distinct on (unit_id) unit_id::text, unit_policy_id::text from unit_policy
where unit_id = any($1::uuid[]) and effective_at <= $2 order by unit_id, effective_at desc, version desc
"""
ONE_POLICY = "select policy from unit_policy where unit_policy_id = $1"
ZONES = "select unit_id::text, time_zone from unit where unit_id = any($1::uuid[])"
UNITS = """
select unit_id::text, name, time_zone, lang, rapid_response_phone, version from unit order by name, unit_id
"""
BEDS = """
select bed_id::text, unit_id::text, bay, label, position from bed where unit_id = $1 order by position, bed_id
"""

# A version never changes once it is stored, so it is decoded once a process.
_decoded: dict[str, Policy] = {}


class UnknownUnit(Exception):
    """A unit without a policy: the hospital was not loaded as docs/operations.md says."""


class Unit(NamedTuple):
    """A unit as it is stored."""

    unit_id: str
    name: str
    time_zone: str
    lang: str
    rapid_response_phone: str
    version: int


async def policies(connection: Connection, unit_ids: Sequence[str], now: datetime) -> dict[str, Policy]:
    """The policy in force at `now` in each unit; UnknownUnit where there is none."""
    wanted = list(dict.fromkeys(unit_ids))
    rows = await connection.fetch(POLICIES, wanted, now)
    found = {row["unit_id"]: await _policy(connection, row["unit_policy_id"]) for row in rows}
    if len(found) < len(wanted):
        raise UnknownUnit(", ".join(unit_id for unit_id in wanted if unit_id not in found))
    return found


async def _policy(connection: Connection, unit_policy_id: str) -> Policy:
    if unit_policy_id not in _decoded:
        text = await connection.fetchval(ONE_POLICY, unit_policy_id)
        _decoded[unit_policy_id] = msgspec.json.decode(text, type=Policy)
    return _decoded[unit_policy_id]


async def time_zones(connection: Connection, unit_ids: Sequence[str]) -> dict[str, ZoneInfo]:
    """The time zone of each unit that exists."""
    rows = await connection.fetch(ZONES, list(unit_ids))
    return {row["unit_id"]: ZoneInfo(row["time_zone"]) for row in rows}


async def time_zone(connection: Connection, unit_id: str) -> ZoneInfo:
    """The time zone of a unit."""
    return (await time_zones(connection, [unit_id]))[unit_id]


async def units(connection: Connection) -> list[Unit]:
    """All units by name."""
    return [Unit(*row) for row in await connection.fetch(UNITS)]


async def beds(connection: Connection, unit_id: str) -> list[BedRow]:
    """The beds of a unit in the order of the ward's list."""
    return [msgspec.convert(dict(row), BedRow) for row in await connection.fetch(BEDS, unit_id)]
