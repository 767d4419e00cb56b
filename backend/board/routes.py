"""Who may read the board of a unit: its own tablets, a screen on the wall among them."""

import gzip
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Struct

from backend.access.queries import SignedDevice
from backend.board.queries import beds, places
from backend.board.view import beds_of, reading_of
from backend.db import Database, reading
from backend.errors import NotPermitted

# As far as the board's bars look ahead.
AHEAD = timedelta(hours=2)
# Of zlib: 5 takes three times as long and spares a tenth.
LEVEL = 1
_json = msgspec.json.Encoder()


@get("/api/board/{unit_id:str}")
async def board(
    request: Request[Any, Any, Any],
    unit_id: FromPath[str],
    device: NamedDependency[SignedDevice],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> ASGIResponse:
    """Latest vital signs, beds and due work of a unit; NotPermitted for a tablet of another one."""
    _own(device, unit_id)
    async with reading(database) as connection:
        found = await places(connection, unit_id, now, now + AHEAD)
    return _answer(request, reading_of(unit_id, found, now))


@get("/api/board/{unit_id:str}/beds")
async def bed_list(
    request: Request[Any, Any, Any],
    unit_id: FromPath[str],
    device: NamedDependency[SignedDevice],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> ASGIResponse:
    """How the beds of a unit stand; NotPermitted for a tablet of another one."""
    _own(device, unit_id)
    async with reading(database) as connection:
        found = await beds(connection, unit_id, now)
    return _answer(request, beds_of(unit_id, found, now))


def _own(device: SignedDevice, unit_id: str) -> None:
    if unit_id != device.unit_id:
        raise NotPermitted("This unit is not this tablet's.")


def _answer(request: Request[Any, Any, Any], told: Struct) -> ASGIResponse:
    content = _json.encode(told)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return ASGIResponse(body=content, media_type="application/json", headers={"Vary": "Accept-Encoding"})
    packed = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return ASGIResponse(body=gzip.compress(content, LEVEL), media_type="application/json", headers=packed)


ROUTES = (board, bed_list)
