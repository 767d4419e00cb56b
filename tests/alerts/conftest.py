"""A shift with its ladder complete, on one database and clock."""

import pytest

from backend.clock import SteppedClock
from backend.db import Database
from tests.alerts.shift import Shift
from tests.cast import Cast


@pytest.fixture
async def shift(database: Database, clock: SteppedClock) -> Shift:
    made = Shift(Cast(database, clock))
    await made.begin()
    return made
