"""The cast stands in two empty wards."""

import pytest

from backend.clock import SteppedClock
from backend.db import Database
from tests.cast import Cast
from tests.tasks.bedside import Bedside


@pytest.fixture
async def cast(database: Database, clock: SteppedClock) -> Cast:
    made = Cast(database, clock)
    await made.set_up()
    return made


@pytest.fixture
async def bedside(cast: Cast) -> Bedside:
    made = Bedside(cast)
    await made.set_up()
    return made
