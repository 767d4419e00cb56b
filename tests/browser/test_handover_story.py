"""Handing patients over at the end of a shift: offered, taken back, declined, accepted; each tablet knows at once."""

import re

import pytest
from playwright.async_api import Locator

from tests.browser.conftest import OpenTablet
from tests.browser.server import Server
from tests.browser.story import Nurse

pytestmark = pytest.mark.browser

RUTH, SAM = "Ruth Abara", "Sam Okafor"


async def a_change_of_shift(server: Server, tablet: OpenTablet) -> tuple[Nurse, Nurse]:
    """Amy has two patients; Bea has come on duty on another tablet. Both look at the handover."""
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    bea = Nurse(await tablet("bea"), server, "Bea Baker")
    for nurse in (amy, bea):
        await nurse.pair()
        await nurse.log_in()
    await amy.go_on_duty("1A", "1B")
    await bea.go_on_duty("2A")
    await amy.admit("1A", RUTH)
    await amy.admit("1B", SAM, identifier="5582 1190")
    for nurse in (amy, bea):
        await nurse.open("handover")
    return amy, bea


async def offer(amy: Nurse, *patients: str) -> None:
    """Amy offers patients to Bea."""
    for patient in patients:
        await amy.tap(re.compile(patient))
    await amy.tap("Bea Baker")
    await amy.tap(re.compile("^Offer"))


def offered(nurse: Nurse) -> Locator:
    """What a colleague offers her."""
    return nurse.page.get_by_role("heading", name="Offered to you")


async def test_a_patient_changes_hands_when_the_other_nurse_accepts(server: Server, tablet: OpenTablet) -> None:
    amy, bea = await a_change_of_shift(server, tablet)
    await offer(amy, RUTH, SAM)
    await offered(bea).wait_for()
    await bea.tablet.shows("goes to the person in charge at")
    await amy.tablet.shows("Offered, not accepted yet")

    ruth = bea.page.get_by_role("listitem").filter(has_text=RUTH)
    await ruth.get_by_role("button", name="Accept").click()
    await bea.tablet.shows("Your patients")
    sam = bea.page.get_by_role("listitem").filter(has_text=SAM)
    await sam.get_by_role("button", name="I can not").click()

    # Amy's shift says who could not take Sam, until she keeps him.
    await amy.open("shift")
    await amy.tablet.shows("Not taken, still yours")
    await amy.tap("I keep the patient")
    await amy.page.get_by_text("Not taken").wait_for(state="detached")
    await amy.open("handover")

    # Ruth is Bea's now, with her bed; Sam is Amy's as before, and can be offered again.
    await amy.page.get_by_role("button", name=re.compile(SAM)).wait_for()
    assert await amy.page.get_by_text(RUTH).count() == 0
    await offered(bea).wait_for(state="detached")
    await bea.open("duty")
    await bea.tablet.shows("1A 2A")


async def test_an_offer_is_taken_back_with_one_tap(server: Server, tablet: OpenTablet) -> None:
    amy, bea = await a_change_of_shift(server, tablet)
    await offer(amy, SAM)
    await offered(bea).wait_for()

    await amy.tap("Undo")

    await amy.page.get_by_role("button", name=re.compile(SAM)).wait_for()
    await offered(bea).wait_for(state="detached")


async def test_an_offer_made_without_a_network_says_where_it_is(server: Server, tablet: OpenTablet) -> None:
    amy, bea = await a_change_of_shift(server, tablet)
    await amy.tablet.go_offline()
    await offer(amy, SAM)
    await amy.tablet.shows("Saved on this tablet")
    assert await offered(bea).count() == 0

    await amy.tablet.come_online()
    await offered(bea).wait_for()
    await amy.page.get_by_text("Saved on this tablet").wait_for(state="detached")
