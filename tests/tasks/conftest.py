"""The cast stands in two empty wards, a tablet in each hand."""

from collections.abc import AsyncIterator

import pytest_asyncio

from backend.clock import SteppedClock
from backend.db import Database
from backend.settings import Settings
from tests.door_cast import DoorCast, at_the_door
from tests.tasks.bedside import Bedside


@pytest_asyncio.fixture(loop_scope="session")
async def cast(database: Database, clock: SteppedClock, settings: Settings) -> AsyncIterator[DoorCast]:
    async with at_the_door(database, clock, settings) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def bedside(cast: DoorCast) -> Bedside:
    made = Bedside(cast)
    await made.set_up()
    return made
