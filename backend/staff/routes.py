"""Pairing a tablet, signing in with a PIN and signing out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, delete, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from backend.access.actions import end_session, pair_device, sign_in
from backend.access.queries import SignedDevice, devices_of_ids
from backend.access.routes import DEVICE_COOKIE
from backend.access.rules import feeds_of
from backend.changes.actions import open_feed
from backend.changes.rules import user_feed
from backend.db import Database, unit_of_work
from backend.sync.actions.tablets import show_tablet
from backend.sync.hub import Hub
from shared_schemas.base import Id, Line

COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep one


class Pairing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The request of `POST /api/devices`."""

    pairing_code: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Line


class Paired(msgspec.Struct, kw_only=True):
    """Its reply."""

    device_id: str
    device_token: str
    unit_id: str


class SigningIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The request of `POST /api/sessions`."""

    staff_id: Id
    pin: Annotated[str, Meta(min_length=4, max_length=12, pattern="^[0-9]*$")]


class SignedIn(msgspec.Struct, kw_only=True):
    """Its reply."""

    session_id: str
    session_key: str
    staff_id: str
    expires_at: datetime
    server_at: datetime


@post("/api/devices", status_code=201)
async def pair(
    data: JSONBody[Pairing], database: NamedDependency[Database], now: NamedDependency[datetime]
) -> Response[Paired]:
    """Turn a browser into a tablet; the pairing code is the proof."""
    async with unit_of_work(database, now) as work:
        paired = await pair_device(work, data.pairing_code, data.name)
        await show_tablet(work, paired.device_id)
    cookie = Cookie(
        key=DEVICE_COOKIE,
        value=paired.device_token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        secure=True,
        samesite="strict",
        path="/",
    )
    reply = Paired(device_id=paired.device_id, device_token=paired.device_token, unit_id=paired.unit_id)
    return Response(reply, status_code=201, cookies=[cookie])


@post("/api/sessions", status_code=201)
async def log_in(
    data: JSONBody[SigningIn],
    device: NamedDependency[SignedDevice],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
    hub: NamedDependency[Hub],
) -> SignedIn:
    """Sign in with a PIN on this tablet."""
    opened = await sign_in(database, now, device.device_id, data.staff_id, data.pin)
    async with unit_of_work(database, now) as work:
        await open_feed(work.connection, user_feed(opened.staff_id))
    await _told(device.device_id, database, now, hub)
    return SignedIn(**opened._asdict(), server_at=now)


@delete("/api/sessions/{session_id:uuid}", status_code=204)
async def log_out(
    session_id: FromPath[UUID],
    device: NamedDependency[SignedDevice],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
    hub: NamedDependency[Hub],
) -> None:
    """End a session of this tablet; what was written in it stays proven."""
    async with unit_of_work(database, now) as work:
        await end_session(work, device.device_id, str(session_id))
    await _told(device.device_id, database, now, hub)


async def _told(device_id: str, database: Database, now: datetime, hub: Hub) -> None:
    """The unit sees who is signed in where, and so does the open socket."""
    async with unit_of_work(database, now) as work:
        await show_tablet(work, device_id)
        device = (await devices_of_ids(work.connection, [device_id], now)).get(device_id)
    if device is not None:
        hub.signed_in(device_id, device.staff_ids, feeds_of(device.unit_id, device.staff_ids))


ROUTES = (pair, log_in, log_out)
