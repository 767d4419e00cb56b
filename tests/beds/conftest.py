"""The cast stands in two empty wards, a tablet in each hand."""

from collections.abc import AsyncIterator

import pytest_asyncio

from backend.clock import SteppedClock
from backend.db import Database
from backend.settings import Settings
from tests.beds.ward import BedWard
from tests.door_cast import at_the_door


@pytest_asyncio.fixture(loop_scope="session")
async def ward(database: Database, clock: SteppedClock, settings: Settings) -> AsyncIterator[BedWard]:
    async with at_the_door(database, clock, settings) as made:
        yield BedWard(made)
