"""What tablets tell and ask about alerts: receipts, and where they are pushed."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from backend.access.queries import SignedDevice
from backend.alerts import statements as sql
from backend.alerts.actions import receive
from backend.alerts.push import Push, subscription_keys
from backend.alerts.rules.sending import may_push_to
from backend.db import Database, unit_of_work
from backend.errors import BadInput, NotFound, NotSignedIn
from backend.settings import Settings
from shared_schemas.alerts import PushSubscription, Receipt

# A tablet that was long without a network reports what it showed meanwhile.
Receipts = Annotated[list[Receipt], Meta(max_length=500)]


class PushKey(msgspec.Struct, kw_only=True):
    """The reply of `GET /api/alerts/push-key`."""

    key: str


@post("/api/alerts/receipts", status_code=204)
async def take_receipts(
    data: JSONBody[Receipts],
    device: NamedDependency[SignedDevice],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
) -> None:
    """Note what was shown and opened on this tablet; repeats and other people's askings change nothing."""
    if data:
        async with unit_of_work(database, now) as work:
            await receive(work, data, device.staff_ids)


@get("/api/alerts/push-key")
async def push_key(device: NamedDependency[SignedDevice], push: NamedDependency[Push]) -> Response[PushKey]:
    """The key that the browser subscribes with."""
    assert device
    return Response(PushKey(key=push.public_key))


@put("/api/alerts/push-subscription", status_code=204)
async def keep_subscription(
    data: JSONBody[PushSubscription],
    device: NamedDependency[SignedDevice],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> None:
    """Push this tablet here from now on; BadInput for keys that can not encrypt and addresses that we never reach."""
    keys = subscription_keys(data.keys.p256dh, data.keys.auth)
    if keys is None:
        raise BadInput("The keys of the subscription are not valid.")
    if not may_push_to(data.endpoint, settings.push_hosts, settings.push_exempt):
        raise BadInput("This push service is not on the hospital's list.")
    async with unit_of_work(database, now) as work:
        await work.connection.execute(sql.TAKE_OVER, data.endpoint, device.device_id)
        await work.connection.execute(sql.SUBSCRIBE, device.device_id, data.endpoint, *keys, data.lang, now)


@post("/api/alerts/push-test", status_code=202)
async def ask_for_test(
    device: NamedDependency[SignedDevice], database: NamedDependency[Database], now: NamedDependency[datetime]
) -> None:
    """Send this tablet a test notice; NotSignedIn without a person on it, NotFound without a subscription."""
    if not device.staff_ids:
        raise NotSignedIn("Nobody is signed in on this tablet.")
    async with unit_of_work(database, now) as work:
        asked = await work.connection.fetchval(sql.ASK_FOR_TEST, device.staff_ids[0], device.device_id, now)
    if asked is None:
        raise NotFound("This tablet has no push subscription.")


ROUTES = (take_receipts, push_key, keep_subscription, ask_for_test)
