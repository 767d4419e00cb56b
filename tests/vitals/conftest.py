"""A bedside on a real database and a clock that is set by hand."""

import pytest

from backend.clock import SteppedClock
from backend.db import Database
from tests.cast import Cast
from tests.vitals.bedside import Bedside


@pytest.fixture
async def ward(database: Database, clock: SteppedClock) -> Bedside:
    """Two wards and their people, nobody admitted."""
    cast = Cast(database, clock)
    await cast.set_up()
    return Bedside(cast)


@pytest.fixture
async def bedside(ward: Bedside) -> Bedside:
    """A patient who came two days ago: the first day's rules are over, the first set is long due."""
    await ward.admit(ago=2 * 24 * 60)
    return ward
