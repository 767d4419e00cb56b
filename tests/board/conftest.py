"""The cast at the door, so that every entry and reading goes the way of a tablet."""

from collections.abc import AsyncIterator

import pytest_asyncio

from backend.clock import SteppedClock
from backend.db import Database
from backend.settings import Settings
from tests.door_cast import DoorCast, at_the_door


@pytest_asyncio.fixture(loop_scope="session")
async def cast(database: Database, clock: SteppedClock, settings: Settings) -> AsyncIterator[DoorCast]:
    async with at_the_door(database, clock, settings) as made:
        yield made
