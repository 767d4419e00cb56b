"""The cast stands in two empty wards."""

import pytest

from backend.clock import SteppedClock
from backend.db import Database
from tests.cast import Cast


@pytest.fixture
async def cast(database: Database, clock: SteppedClock) -> Cast:
    made = Cast(database, clock)
    await made.set_up()
    return made
