"""Charted offline at the bedside, right on every tablet when the network returns."""

import re

import pytest

from tests.browser.conftest import OpenTablet
from tests.browser.server import Server
from tests.browser.story import Nurse

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_set_charted_offline_reaches_the_other_tablet(server: Server, tablet: OpenTablet) -> None:
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    await amy.pair()
    await amy.log_in()
    await amy.page.wait_for_timeout(3000)
    await amy.page.screenshot(path="/tmp/w/s1.png")
