"""Charted offline at the bedside, right on every tablet when the network returns."""

import re

import pytest

from tests.browser.conftest import OpenTablet
from tests.browser.server import Server
from tests.browser.stopwatch import WITHIN_MS, note_event, note_sight, noted
from tests.browser.story import Nurse

pytestmark = pytest.mark.browser

PATIENT = "Ruth Abara"


async def a_ward(server: Server, tablet: OpenTablet) -> tuple[Nurse, Nurse]:
    """Amy is on duty with one patient; Bea has the ward list open on another tablet."""
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    bea = Nurse(await tablet("bea"), server, "Bea Baker")
    for nurse in (amy, bea):
        await nurse.pair()
        await nurse.log_in()
    await amy.go_on_duty("1B")
    await amy.admit("1B", PATIENT)
    await bea.open("ward")
    await bea.tablet.shows(PATIENT)
    await amy.open("ward")
    amy.taps = 0
    return amy, bea


async def test_a_set_charted_offline_is_on_the_other_tablet_a_second_after_the_network_returns(
    server: Server, tablet: OpenTablet
) -> None:
    amy, bea = await a_ward(server, tablet)
    await amy.tablet.go_offline()
    await amy.tap(re.compile(PATIENT))
    await amy.tap("Vital signs")
    await amy.type("1896")
    await amy.tap("Air")
    await amy.type("12488")
    await amy.tap("Alert")
    await amy.type("368")
    await amy.tablet.shows("NEWS2 0, low")  # before it is saved
    observed = await amy.page.locator(".observed strong").inner_text()
    await amy.tap(re.compile("^Save"))
    assert amy.taps <= 20
    await amy.tablet.shows("Saved on this tablet")

    await amy.page.reload()
    await amy.tablet.shows("Saved on this tablet")
    await amy.open("ward")
    row = amy.page.get_by_role("link", name=re.compile(PATIENT))
    await row.get_by_role("img", name="NEWS2 0, low").wait_for()
    assert await bea.page.get_by_role("img", name="NEWS2 0, low").count() == 0

    await note_event(amy.page, "online")
    await note_sight(bea.page, '[role=img][aria-label="NEWS2 0, low"]')
    await amy.tablet.come_online()
    await bea.page.get_by_role("img", name="NEWS2 0, low").wait_for()
    assert await noted(bea.page) - await noted(amy.page) <= WITHIN_MS
    await amy.tablet.shows("All sent")
    await bea.page.get_by_role("link", name=re.compile(PATIENT)).click()
    # In the first 24 hours at most four-hourly, counted from when it was observed.
    hour, minute = observed.split(":")
    await bea.tablet.shows(f"{(int(hour) + 4) % 24:02}:{minute}")


async def test_a_full_set_on_oxygen_takes_at_most_24_taps(server: Server, tablet: OpenTablet) -> None:
    amy, _ = await a_ward(server, tablet)
    await amy.tap(re.compile(PATIENT))
    await amy.tap("Vital signs")
    await amy.type("2493")
    await amy.tap("Oxygen…")
    await amy.tap("Nasal")
    await amy.type("2")
    await amy.type("104112")
    await amy.tap("Alert")
    await amy.type("384")
    await amy.tablet.shows("NEWS2 10, high")
    await amy.tap(re.compile("^Save"))
    assert amy.taps <= 24
    await amy.tablet.shows("With the server")
