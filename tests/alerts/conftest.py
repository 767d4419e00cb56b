"""A shift with its ladder complete, on one database and clock."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from backend.alerts.push import WebPush
from backend.clock import SteppedClock
from backend.db import Database
from backend.settings import Settings
from tests.alerts.outbox import Outbox
from tests.alerts.shift import Shift
from tests.cast import Cast
from tests.push_receiver import PushReceiver


@pytest.fixture
async def shift(database: Database, clock: SteppedClock) -> Shift:
    made = Shift(Cast(database, clock))
    await made.begin()
    return made


@pytest.fixture
async def outbox(shift: Shift, settings: Settings) -> AsyncIterator[Outbox]:
    with PushReceiver(WebPush(settings).public_key) as receiver:
        push = WebPush(msgspec.structs.replace(settings, push_exempt=(receiver.host,)))
        made = Outbox(shift, receiver, push)
        await made.subscribe(shift.cast.anna)
        yield made
        await push.close()
        await made.webhook.close()
