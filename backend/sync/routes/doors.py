"""The doors of the protocol: entries in; snapshot, changes and live frames out (docs/protocol.md)."""

import asyncio
import zlib
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response.base import ASGIResponse

from backend.access.queries import SignedDevice
from backend.access.routes import token_in
from backend.access.rules import feeds_of, may_read_feed
from backend.changes import queries
from backend.db import Database, reading
from backend.errors import NotPermitted, Unavailable, UpdateNeeded, WardError
from backend.sync.actions.door import Door
from backend.sync.rules.strict import batch, inflated
from backend.sync.view import Snapshots
from shared_schemas.wire import BATCH_BYTES

BODY_SECONDS = 30
# Apps older than this are refused reads, never entries (docs/protocol.md). One that does not say is the first.
OLDEST_PROTOCOL = 1
LARGEST_PAGE = 1000
WORTH_PACKING_BYTES = 2_000
PACKED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
_json = msgspec.json.Encoder()


class CursorGone(WardError):
    """The cursor can not be served: the tablet takes a snapshot."""

    status, code, title = 410, "cursor_gone", "Take a snapshot"


class WrongType(WardError):
    """A form of another site could send what is not JSON without asking first."""

    status, code, title = 415, "wrong_type", "This door takes JSON"


def refuse_the_too_old(protocol: int) -> None:
    """UpdateNeeded for an app that would read our feeds wrongly."""
    if protocol < OLDEST_PROTOCOL:
        raise UpdateNeeded


def json_reply(content: bytes | str, headers: dict[str, str] | None = None) -> ASGIResponse:
    """JSON that is encoded already: nothing is left for a Response to turn into one of these."""
    return ASGIResponse(body=content, media_type="application/json", headers=headers)


@post("/api/sync/entries", status_code=200, request_max_body_size=BATCH_BYTES)
async def push_entries(request: Request[Any, Any, Any], door: NamedDependency[Door]) -> ASGIResponse:
    """A batch of entries; the tablet proves itself in the statement that admits the batch.

    One dependency: for several Litestar begins a task each, a tenth of what a charted set costs.
    """
    token = token_in(request.headers, request.cookies)
    if request.content_type[0] != "application/json":
        raise WrongType("Entries are application/json.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.body()
    except TimeoutError as error:
        raise Unavailable("The body did not arrive in time.", retry_after=timedelta(seconds=5)) from error
    push = batch(inflated(body, request.headers.get("content-encoding", "").strip().lower()))
    reply = _json.encode(await door.receive(token, push))
    if len(reply) < WORTH_PACKING_BYTES or "gzip" not in request.headers.get("accept-encoding", ""):
        return json_reply(reply)
    return json_reply(zlib.compress(reply, 1, 31), PACKED)


@get("/api/sync/snapshot/{feed:str}")
async def snapshot(
    request: Request[Any, Any, Any],
    feed: FromPath[str],
    device: NamedDependency[SignedDevice],
    snapshots: NamedDependency[Snapshots],
    now: NamedDependency[datetime],
    chunk: Annotated[int, QueryParameter(ge=0, le=100_000)] = 0,
    head: Annotated[int | None, QueryParameter(ge=0, lt=2**53)] = None,
    protocol: Annotated[int, QueryParameter(ge=1)] = 1,
) -> ASGIResponse:
    """A chunk of the feed's state. `head`: of the reading that this chunk continues."""
    refuse_the_too_old(protocol)
    if not may_read_feed(feed, device.unit_id, device.staff_ids):
        raise NotPermitted("This feed is not this tablet's.")
    packed = "gzip" in request.headers.get("accept-encoding", "")
    content = await snapshots.chunk(feed, chunk, head, now, packed=packed)
    return json_reply(content, PACKED if packed else None)


@get("/api/sync/changes")
async def changes(
    device: NamedDependency[SignedDevice],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
    feed: FromQuery[str],
    epoch: FromQuery[str],
    after: Annotated[int, QueryParameter(ge=0, lt=2**53)],
    limit: Annotated[int, QueryParameter(ge=1)] = 500,
    protocol: Annotated[int, QueryParameter(ge=1)] = 1,
) -> ASGIResponse:
    """A page of changes after a cursor; 410 when it can not be served."""
    refuse_the_too_old(protocol)
    if not may_read_feed(feed, device.unit_id, device.staff_ids):
        raise NotPermitted("This feed is not this tablet's.")
    wanted = min(limit, LARGEST_PAGE)
    async with reading(database) as connection:
        found = await queries.head_and_page(connection, feed, after, wanted)
    if found is None:
        raise CursorGone
    current, head, page = found
    if current != epoch or after > head or len(page) < min(wanted, head - after):
        raise CursorGone
    more = "true" if after + len(page) < head else "false"
    start = f'{{"feed":"{feed}","epoch":"{epoch}","head":{head},"more":{more}'
    return json_reply(f'{start},"changes":[{",".join(page)}],"server_at":{_json.encode(now).decode()}}}')


class Me(msgspec.Struct, kw_only=True):
    """What a tablet is told about itself."""

    device_id: str
    name: str
    unit_id: str
    feeds: list[str]
    server_at: datetime


@get("/api/devices/me")
async def me(device: NamedDependency[SignedDevice], now: NamedDependency[datetime]) -> ASGIResponse:
    """The tablet that asks, and the feeds it may read."""
    feeds = feeds_of(device.unit_id, device.staff_ids)
    told = Me(device_id=device.device_id, name=device.name, unit_id=device.unit_id, feeds=feeds, server_at=now)
    return json_reply(_json.encode(told))
