"""Pairing tablets, signing people in and out, giving roles, and keeping where stays are."""

import asyncio
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from backend.access import statements as sql
from backend.access.queries import token_hash
from backend.access.rules import PAIRING_LASTS, SESSION_LASTS, wait_after
from backend.db import Database, Work, unit_of_work
from backend.errors import NotFound, NotSignedIn, TooMany, Unavailable
from shared_schemas.staff import Grant, StaffRow

# The smallest argon2id of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes; a PIN pad may not be slow.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS_HASH = HASHER.hash("nobody")
HASHING = asyncio.Semaphore(2)
LONGEST_QUEUE = 40
MOVED_STAYS = "access.moved_stays"
"""Key of `work.collected`: stays whose unit changed in this transaction."""


class PairedDevice(NamedTuple):
    """A new tablet; the token is told once and only its hash is kept."""

    device_id: str
    device_token: str
    unit_id: str


class OpenedSession(NamedTuple):
    """A person signed in; the key never leaves the tablet again."""

    session_id: str
    session_key: str
    staff_id: str
    expires_at: datetime


async def make_pairing_code(
    work: Work, unit_id: str, code: str | None = None, *, lasts: timedelta = PAIRING_LASTS, uses: int = 1
) -> str:
    """A code with which `uses` tablets can be paired to the unit; made up when none is given."""
    code = code or "-".join(f"{secrets.randbelow(10**4):04d}" for _ in range(3))
    await work.connection.execute(sql.SET_PAIRING_CODE, token_hash(code), unit_id, work.now + lasts, uses)
    return code


async def pair_device(work: Work, pairing_code: str, name: str) -> PairedDevice:
    """Turn a browser into a tablet of the code's unit; NotFound when the code is unknown, used up or expired."""
    unit_id = await work.connection.fetchval(sql.USE_PAIRING_CODE, token_hash(pairing_code), work.now)
    if unit_id is None:
        raise NotFound("This pairing code is not valid any more. Ask for a new one.")
    token = secrets.token_urlsafe(32)
    device_id = await work.connection.fetchval(sql.PAIR, unit_id, name, token_hash(token), work.now)
    assert device_id is not None  # an insert returns its row
    return PairedDevice(device_id, token, unit_id)


async def revoke_device(work: Work, device_id: str) -> tuple[str, int]:
    """From now on the tablet may neither read nor send; returns its unit and its row's version.

    NotFound when there is no such tablet, or no longer.
    """
    row = await work.connection.fetchrow(sql.REVOKE, device_id, work.now)
    if row is None:
        raise NotFound
    return row["unit_id"], row["row_version"]


async def sign_in(database: Database, now: datetime, device_id: str, staff_id: str, pin: str) -> OpenedSession:
    """Open a session with a PIN; NotSignedIn when it is wrong, TooMany while the person must wait on this tablet.

    The attempt is counted before the PIN is looked at, so that many at once gain nothing.
    """
    async with unit_of_work(database, now) as work:
        pin_hash = await _counted_attempt(work, device_id, staff_id)
    if not await _fits(pin_hash, pin):
        raise NotSignedIn("This PIN is not right.")
    async with unit_of_work(database, now) as work:
        await work.connection.execute(sql.FORGET_FAILURES, device_id, staff_id)
        return await open_session(work, device_id, staff_id)


async def open_session(work: Work, device_id: str, staff_id: str) -> OpenedSession:
    """A session of a person who has proven herself."""
    key, expires_at = secrets.token_bytes(32), work.now + SESSION_LASTS
    session_id = await work.connection.fetchval(sql.OPEN_SESSION, device_id, staff_id, key, work.now, expires_at)
    assert session_id is not None  # an insert returns its row
    return OpenedSession(session_id, urlsafe_b64encode(key).rstrip(b"=").decode(), staff_id, expires_at)


async def end_session(work: Work, device_id: str, session_id: str) -> str:
    """Sign out; returns whose session it was, NotFound when this tablet has no such session."""
    staff_id = await work.connection.fetchval(sql.END_SESSION, device_id, session_id, work.now)
    if staff_id is None:
        raise NotFound
    return staff_id


async def _counted_attempt(work: Work, device_id: str, staff_id: str) -> str | None:
    row = await work.connection.fetchrow(sql.FAILURES, device_id, staff_id)
    if row and row["wait_until_at"] > work.now:
        raise TooMany("Too many wrong PINs on this tablet.", retry_after=row["wait_until_at"] - work.now)
    failures = row["failures"] + 1 if row else 1
    await work.connection.execute(sql.COUNT_FAILURE, device_id, staff_id, failures, work.now + wait_after(failures))
    return await work.connection.fetchval(sql.PIN_HASH, staff_id)


async def _fits(pin_hash: str | None, pin: str) -> bool:
    """In a thread, two at a time. An unknown person costs the same time as a wrong PIN."""
    if len(HASHING._waiters or ()) > LONGEST_QUEUE:  # noqa: SLF001
        raise Unavailable("Too many people sign in at once.", retry_after=timedelta(seconds=2))
    async with HASHING:
        return await asyncio.to_thread(_verified, pin_hash, pin)


def _verified(pin_hash: str | None, pin: str) -> bool:
    try:
        HASHER.verify(pin_hash or NOBODYS_HASH, pin)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return pin_hash is not None


async def set_person(work: Work, person: StaffRow, pin: str | None, from_at: datetime) -> int:
    """Store a person with her roles from `from_at`, and a PIN if given; returns the version of her row."""
    pin_hash = await asyncio.to_thread(HASHER.hash, pin) if pin else None
    fields = (person.staff_id, person.name, person.lang, person.ui_lang, person.active, pin_hash)
    version = await work.connection.fetchval(sql.SET_PERSON, *fields)
    assert version is not None  # an upsert returns its row
    await set_grants(work, person.staff_id, person.grants, from_at)
    return version


async def set_grants(work: Work, staff_id: str, grants: Sequence[Grant], from_at: datetime) -> None:
    """From `from_at` on a person has exactly these roles; earlier ones stay true for what was recorded before."""
    units, roles = [grant.unit_id for grant in grants], [grant.role.value for grant in grants]
    await work.connection.execute(sql.END_GRANTS, staff_id, units, roles, from_at)
    await work.connection.execute(sql.ADD_GRANTS, staff_id, units, roles, from_at)


async def place_stay(work: Work, stay_id: str, unit_id: str, at: datetime) -> None:
    """The stay is in this unit from `at` on."""
    await work.connection.execute(sql.LEAVE_UNIT, stay_id, unit_id, at)
    await work.connection.execute(sql.ENTER_UNIT, stay_id, unit_id, at)
    work.collected.setdefault(MOVED_STAYS, []).append(stay_id)


async def end_stay_scope(work: Work, stay_id: str, at: datetime) -> None:
    """The patient has left the hospital at `at`."""
    await work.connection.execute(sql.LEAVE_UNIT, stay_id, None, at)
    work.collected.setdefault(MOVED_STAYS, []).append(stay_id)
