"""Which tablet asks: the token of a request, and the dependency that every door but pairing takes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from backend.access.queries import SignedDevice, device_of
from backend.db import Database, reading
from backend.errors import NotSignedIn

DEVICE_COOKIE = "__Host-device"
BEARER = "bearer "


def token_in(headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """The device token of a request; NotSignedIn when there is none."""
    authorization = headers.get("authorization", "")
    if authorization[: len(BEARER)].lower() == BEARER:
        return authorization[len(BEARER) :].strip()
    if DEVICE_COOKIE in cookies:
        return cookies[DEVICE_COOKIE]
    raise NotSignedIn("This tablet is not paired.")


async def signed_device(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> SignedDevice:
    """The tablet that asks; NotSignedIn when it is unknown or revoked."""
    token = token_in(request.headers, request.cookies)
    async with reading(database) as connection:
        device = await device_of(connection, token, now)
    if device is None:
        raise NotSignedIn("This tablet is not paired.")
    return device
