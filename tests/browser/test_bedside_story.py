"""Charted offline at the bedside, right on every tablet when the network returns."""

import re

import pytest

from tests.browser.conftest import OpenTablet
from tests.browser.server import Server
from tests.browser.story import Nurse

pytestmark = pytest.mark.browser


async def test_a_set_charted_offline_reaches_the_other_tablet(server: Server, tablet: OpenTablet) -> None:
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    bea = Nurse(await tablet("bea"), server, "Bea Baker")
    for nurse in (amy, bea):
        await nurse.pair()
        await nurse.log_in()
    await amy.go_on_duty("1B")
    await amy.admit("1B", "Ruth Abara")
    await bea.open("ward")
    await bea.tablet.shows("Ruth Abara")

    await amy.open("ward")
    await amy.tablet.go_offline()
    amy.taps = 0
    await amy.tap(re.compile("Ruth Abara"))
    await amy.page.screenshot(path="/tmp/explore/s2.png")
    await amy.tap("Vital signs")
    await amy.page.screenshot(path="/tmp/explore/s3.png")
    await amy.type("1896")
    await amy.tap("Air")
    await amy.type("12488")
    await amy.tap("Alert")
    await amy.type("368")
    await amy.tablet.shows("NEWS2 0, low")
    await amy.page.screenshot(path="/tmp/explore/s4.png")
    await amy.tap(re.compile("^Save"))
    assert amy.taps <= 20
    await amy.tablet.shows("Saved on this tablet")
    await amy.page.screenshot(path="/tmp/explore/s5.png")
