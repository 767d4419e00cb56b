"""Which tablet, which people, which roles, which stays."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from backend.access.rules import Contact, ScopeSpan
from backend.db import Connection

_DEVICE = """
select d.device_id::text, d.unit_id::text, d.name,
    coalesce(array_agg(distinct s.staff_id::text) filter (where s.staff_id is not null), array[]::text[])
        as staff_ids
from device d left join session s on s.device_id = d.device_id and s.ended_at is null and s.expires_at > $2
where {proof} and d.revoked_at is null group by d.device_id
"""
DEVICE = _DEVICE.format(proof="d.token_hash = $1")
DEVICES = _DEVICE.format(proof="d.token_hash = any($1::bytea[])").replace("select ", "select d.token_hash, ", 1)
DEVICES_OF_IDS = _DEVICE.format(proof="d.device_id = any($1::uuid[])")
SCOPES = """
select stay_id::text, unit_id::text, from_at, to_at from stay_scope
where stay_id = any($1::uuid[]) order by from_at, stay_scope_id
"""
# A person's tablets count together; a tablet counts while she is signed in on it.
CONTACTS = """
select s.staff_id::text, max(d.contact_at), bool_or(d.push_works)
from session s join device d using (device_id)
where s.staff_id = any($1::uuid[]) and s.ended_at is null and s.expires_at > $2 and d.revoked_at is null
group by s.staff_id
"""
TABLETS = """
select d.device_id::text, d.name, u.name as unit, d.contact_at, d.outbox_depth
from device d join unit u using (unit_id) where d.revoked_at is null order by u.name, d.name, d.device_id
"""


class KnownTablet(NamedTuple):
    """A tablet that may read and send: where it belongs, when it was last heard of, and what was unsent then."""

    device_id: str
    name: str
    unit: str
    contact_at: datetime
    outbox_depth: int


class SignedDevice(NamedTuple):
    """A tablet that has proven itself, and who is signed in on it."""

    device_id: str
    unit_id: str
    name: str
    staff_ids: list[str]


def token_hash(token: str) -> bytes:
    """What is kept of a device token or a pairing code."""
    return sha256(token.encode()).digest()


async def device_of(connection: Connection, token: str, now: datetime) -> SignedDevice | None:
    """The tablet of a token; None: unknown or revoked."""
    row = await connection.fetchrow(DEVICE, token_hash(token), now)
    return SignedDevice(*row) if row else None


async def devices_of(connection: Connection, tokens: Iterable[str], now: datetime) -> dict[str, SignedDevice]:
    """The tablets of these tokens; an unknown or revoked one is missing."""
    by_hash = {token_hash(token): token for token in tokens}
    rows = await connection.fetch(DEVICES, list(by_hash), now)
    return {by_hash[proof]: SignedDevice(*device) for proof, *device in rows}


async def devices_of_ids(connection: Connection, device_ids: Iterable[str], now: datetime) -> dict[str, SignedDevice]:
    """Tablets by their ids; an unknown or revoked one is missing."""
    rows = await connection.fetch(DEVICES_OF_IDS, list(device_ids), now)
    return {row["device_id"]: SignedDevice(*row) for row in rows}


async def tablets(connection: Connection) -> list[KnownTablet]:
    """Every tablet that is not revoked, by unit and name."""
    return [KnownTablet(*row) for row in await connection.fetch(TABLETS)]


async def stay_spans(connection: Connection, stay_ids: Iterable[str]) -> dict[str, list[ScopeSpan]]:
    """Where each stay was, oldest first; a stay that nobody admitted is missing."""
    spans: dict[str, list[ScopeSpan]] = {}
    for stay_id, *span in await connection.fetch(SCOPES, list(stay_ids)):
        spans.setdefault(stay_id, []).append(ScopeSpan(*span))
    return spans


async def contacts(connection: Connection, staff_ids: Sequence[str], now: datetime) -> dict[str, Contact]:
    """What is known of the tablets on which each person is signed in; missing: she is signed in nowhere."""
    rows = await connection.fetch(CONTACTS, list(staff_ids), now)
    return {staff_id: Contact(*known) for staff_id, *known in rows}
