"""Who leads the ward moves a patient on the board; both nurses' tablets and the board itself know within a second."""

import re

import pytest

from tests.browser.conftest import OpenTablet
from tests.browser.server import Server
from tests.browser.stopwatch import WITHIN_MS, note_end, note_event, note_sight, noted
from tests.browser.story import Nurse

pytestmark = pytest.mark.browser

RUTH = "Ruth Abara"


async def a_ward_with_its_board(server: Server, tablet: OpenTablet) -> tuple[Nurse, Nurse, Nurse]:
    """Ruth is Amy's, Bea has nobody; both look at their shift, Carla at the board."""
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    bea = Nurse(await tablet("bea"), server, "Bea Baker")
    carla = Nurse(await tablet("carla"), server, "Carla Cook")
    for nurse in (amy, bea, carla):
        await nurse.pair()
        await nurse.log_in()
    await amy.go_on_duty("1A")
    await bea.go_on_duty("2A")
    await carla.go_on_duty(post="In charge")
    await amy.admit("1A", RUTH)
    for nurse in (amy, bea):
        await nurse.open("shift")
    await carla.open("board")
    return amy, bea, carla


async def test_a_patient_moved_on_the_board_is_on_her_new_nurses_tablet_within_a_second(
    server: Server, tablet: OpenTablet
) -> None:
    amy, bea, carla = await a_ward_with_its_board(server, tablet)
    ruth = amy.page.locator(".shift a", has_text=RUTH)
    address = await ruth.get_attribute("href")
    loads = carla.page.locator(".board .left > section:last-child li")
    await loads.filter(has_text="Amy Archer").get_by_role("button").click()
    await carla.page.locator("dialog[open]").get_by_role("button", name="Move…").first.click()
    to_bea = carla.page.locator("dialog[open] li button", has_text="Bea Baker")
    await to_bea.get_by_text("→").first.wait_for()

    hers = f'.shift a[href="{address}"]'
    await note_event(carla.page, "click")
    await note_sight(bea.page, hers)
    await note_end(amy.page, hers)
    await to_bea.click()

    tapped_at = await noted(carla.page)
    for nurse in (bea, amy):
        assert await noted(nurse.page) - tapped_at <= WITHIN_MS, nurse.name
    await bea.tablet.shows("Moved to you by Carla Cook")
    await loads.filter(has_text="Bea Baker").get_by_text(re.compile("^1 patient$")).wait_for(state="attached")


async def test_a_bed_that_is_cleaned_on_a_tablet_is_so_on_the_board_within_a_second(
    server: Server, tablet: OpenTablet
) -> None:
    """The board takes up what is new at once; only its order waits for a tick."""
    amy, _, carla = await a_ward_with_its_board(server, tablet)
    await amy.open("beds")
    await amy.page.locator("[data-bed]").nth(3).click()
    for _ in range(3):
        await amy.page.get_by_role("button", name="Cleaning has begun").click()
        await carla.page.locator(".bed.cleaning").wait_for()
        await note_event(amy.page, "click")
        await note_end(carla.page, ".bed.cleaning")
        await amy.page.get_by_role("button", name="It is clean").click()
        assert await noted(carla.page) - await noted(amy.page) <= WITHIN_MS
