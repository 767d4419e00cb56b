"""Units, their time zones and the policies in force."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from backend.db import Connection
from shared_schemas.places import BedRow
from shared_schemas.policy import Policy

POLICIES = """
select unit_id::text, unit_policy_id::text, effective_at, policy from unit_policy
where unit_id = any($1::uuid[]) order by effective_at, version
"""
ZONES = "select unit_id::text, time_zone from unit where unit_id = any($1::uuid[])"
UNITS = """
select unit_id::text, name, time_zone, lang, rapid_response_phone, version from unit order by name, unit_id
"""
HOLD_BEDS = "select from bed where bed_id = any($1::uuid[]) order by bed_id for no key update"
BEDS = """
select bed_id::text, unit_id::text, bay, label, position from bed where unit_id = $1 order by position, bed_id
"""

# A version never changes once it is stored, so it is decoded once a process.
_decoded: dict[str, Policy] = {}
# Every charted set asks; another process's new policy is seen so much later at most.
REMEMBERED_FOR = timedelta(seconds=60)
_remembered: dict[str, "_Policies"] = {}
_zones: dict[str, ZoneInfo] = {}


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


class _Policies(NamedTuple):
    """What was read of a unit and when; its policies oldest first."""

    read_at: datetime
    versions: list[tuple[datetime, Policy]]

    def is_fresh(self, now: datetime) -> bool:
        """Not older than may be, and not from the future of a clock that was set back."""
        return self.read_at <= now < self.read_at + REMEMBERED_FOR


def forget(unit_id: str) -> None:
    """The unit is read anew when next asked for."""
    _remembered.pop(unit_id, None)
    _zones.pop(unit_id, None)


async def policies(connection: Connection, unit_ids: Sequence[str], now: datetime) -> dict[str, Policy]:
    """The policy in force at `now` in each unit; UnknownUnit where there is none."""
    wanted = dict.fromkeys(unit_ids)
    stale = [unit_id for unit_id in wanted if unit_id not in _remembered or not _remembered[unit_id].is_fresh(now)]
    if stale:
        await _read(connection, stale, now)
    found = {unit_id: _in_force(_remembered[unit_id].versions, now) for unit_id in wanted}
    missing = [unit_id for unit_id, policy in found.items() if policy is None]
    if missing:
        raise UnknownUnit(", ".join(missing))
    return {unit_id: policy for unit_id, policy in found.items() if policy is not None}


def _in_force(versions: Sequence[tuple[datetime, Policy]], now: datetime) -> Policy | None:
    return next((policy for effective_at, policy in reversed(versions) if effective_at <= now), None)


async def _read(connection: Connection, unit_ids: Sequence[str], now: datetime) -> None:
    for unit_id in unit_ids:
        _remembered[unit_id] = _Policies(now, [])
    for unit_id, unit_policy_id, effective_at, policy in await connection.fetch(POLICIES, unit_ids):
        if unit_policy_id not in _decoded:
            _decoded[unit_policy_id] = msgspec.json.decode(policy, type=Policy)
        _remembered[unit_id].versions.append((effective_at, _decoded[unit_policy_id]))


async def time_zones(connection: Connection, unit_ids: Sequence[str]) -> dict[str, ZoneInfo]:
    """The time zone of each unit that exists; read once a process."""
    unread = [unit_id for unit_id in unit_ids if unit_id not in _zones]
    if unread:
        for unit_id, zone in await connection.fetch(ZONES, unread):
            _zones[unit_id] = ZoneInfo(zone)
    return {unit_id: _zones[unit_id] for unit_id in unit_ids if unit_id in _zones}


async def units(connection: Connection) -> list[Unit]:
    """All units by name."""
    return [Unit(*row) for row in await connection.fetch(UNITS)]


async def beds(connection: Connection, unit_id: str) -> list[BedRow]:
    """The beds of a unit in the order of the ward's list."""
    return [msgspec.convert(dict(row), BedRow) for row in await connection.fetch(BEDS, unit_id)]


async def hold_beds(connection: Connection, bed_ids: Iterable[str | None]) -> None:
    """Keep other writers from beds until the transaction ends, in id order; None is no bed.

    What is read of a bed is read by a later statement: one that waits for the lock itself would see what was before.
    """
    await connection.execute(HOLD_BEDS, [bed_id for bed_id in bed_ids if bed_id is not None])
