"""A home-care team with a tablet in each hand."""

from collections.abc import AsyncIterator

import pytest_asyncio

from backend.clock import SteppedClock
from backend.db import Database
from backend.settings import Settings
from tests.tablet import served
from tests.visits.team import Team


@pytest_asyncio.fixture(loop_scope="session")
async def team(database: Database, clock: SteppedClock, settings: Settings) -> AsyncIterator[Team]:
    async with served(settings, clock) as server:
        made = Team(database, clock, server=server)
        await made.set_up()
        yield made
