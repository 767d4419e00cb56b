"""The coordinator sees the team's day as it goes on, and what she decides is on the nurses' tablets."""

import re
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page

from shared_schemas.alerts import AlertState
from shared_schemas.visits import SosRaised, VisitRow, VisitStarted, VisitState
from tests.browser.conftest import OpenTablet
from tests.browser.home_team import (
    HOMES,
    NOOR,
    OMAR,
    PAULA,
    TEAM,
    TEAM_CODE,
    TEAM_PEOPLE,
    HomeTeam,
    home_team,
    team_file,
)
from tests.browser.server import Server
from tests.browser.stopwatch import WITHIN_MS, note_end, note_event, note_sight, noted
from tests.browser.story import Nurse
from tests.browser.walk import LOOKS, Screen, Walk

pytestmark = pytest.mark.browser

HOA, GEORGE, MEILING, NAM = (home[0] for home in HOMES)
NAMES = {word for name in (*TEAM_PEOPLE, "Home team", "SOS") for word in name.split()} | {
    word for home in HOMES for part in home[:4] if part for word in re.findall(r"[A-Za-z]{3,}", part)
}
OMAR_ID = TEAM_PEOPLE[OMAR][0]


@pytest_asyncio.fixture(loop_scope="session")
async def team(server: Server) -> AsyncIterator[HomeTeam]:
    """Hoa waits for Noor, George since five minutes too long for Omar, Meiling for nobody; for Nam nothing is planned."""
    await server.load(team_file())
    async with home_team(server) as made:
        await made.plan(0, NOOR, begins=-20, ends=60)
        await made.plan(1, OMAR, begins=-60, ends=-5)
        await made.plan(2, None, begins=-10, ends=90)
        yield made


async def coordinating(server: Server, tablet: OpenTablet) -> Nurse:
    """Paula before the day of her team."""
    paula = Nurse(await tablet("paula"), server, PAULA)
    await paula.pair(TEAM_CODE)
    await paula.log_in()
    await paula.page.get_by_role("link", name="Team").click()
    await paula.page.get_by_role("heading", name=re.compile("The team’s day")).wait_for()
    return paula


def line(page: Page, visit_id: str, standing: str = "") -> Locator:
    return page.locator(f'[data-visit="{visit_id}"]' + (f'[data-standing="{standing}"]' if standing else ""))


async def visit(team: HomeTeam, at: int) -> VisitRow:
    """The visit as the server has it."""
    await team.omar.pull()
    found: list[VisitRow] = team.omar.rows("visit")
    return next(row for row in found if row.visit_id == team.visits[at])


async def test_a_visit_that_begins_is_on_the_coordinators_screen_within_a_second(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    paula = await coordinating(server, tablet)
    await line(paula.page, team.visits[0], "now").wait_for()
    noor = Nurse(await tablet("noor"), server, NOOR)
    await noor.pair(TEAM_CODE)
    await noor.log_in()
    await noor.open("visits")
    start = noor.page.get_by_role("button", name="Start visit")
    await start.wait_for()

    # When she leaves the list for the visit, the start is safe on her tablet.
    await note_end(noor.page, f'a[href="#/visits/{team.visits[0]}"]')
    await note_sight(paula.page, f'[data-visit="{team.visits[0]}"][data-standing="going_on"]')
    await start.click()
    await line(paula.page, team.visits[0], "going_on").wait_for()

    assert await noted(paula.page) - await noted(noor.page) <= WITHIN_MS
    await paula.tablet.shows(f"With {HOA} since")


async def test_late_comes_first_in_words_and_nothing_is_planned_for_whom_it_is_not(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    paula = await coordinating(server, tablet)
    await line(paula.page, team.visits[1], "late").get_by_text("min late").wait_for()
    first = paula.page.locator("[data-visit]").first
    assert await first.get_attribute("data-visit") == team.visits[1]
    await paula.page.get_by_role("button", name="By window").click()
    assert await first.get_attribute("data-visit") == team.visits[1]
    unplanned = paula.page.get_by_role("listitem").filter(has_text=NAM)
    await unplanned.get_by_text("plan by").wait_for()
    await unplanned.get_by_text("03 Feb 1947 · 4468 2213").wait_for()

    await unplanned.get_by_role("button", name="Plan…").click()
    sheet = paula.page.get_by_role("dialog")
    await sheet.get_by_role("button", name=re.compile(NOOR)).click()
    await sheet.get_by_label("What to bring").fill("란셋, 혈당계")
    await sheet.get_by_role("button", name="Plan it").click()

    await paula.tablet.shows("Everybody has a visit or call to come.")
    await paula.page.locator("[data-visit]").filter(has_text=NAM).get_by_text(f"{NOOR} goes").wait_for()


async def test_who_goes_is_two_taps_and_on_her_tablet_within_a_second_and_can_be_taken_back(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    paula = await coordinating(server, tablet)
    noor = Nurse(await tablet("noor"), server, NOOR)
    await noor.pair(TEAM_CODE)
    await noor.log_in()
    await noor.open("visits")
    await noor.tablet.shows("Today, 1 visit")

    await line(paula.page, team.visits[1]).locator("button").click()
    await note_event(paula.page, "click")
    await note_sight(noor.page, f'a[href="#/visits/{team.visits[1]}"]')
    await paula.page.get_by_role("dialog").get_by_role("button", name=re.compile(NOOR)).click()
    await noor.tablet.shows("Today, 2 visits")

    assert await noted(noor.page) - await noted(paula.page) <= WITHIN_MS
    await paula.tablet.shows(f"{GEORGE}: {NOOR} goes")
    await paula.page.get_by_role("button", name=re.compile("^Undo")).click()
    await noor.tablet.shows("Today, 1 visit")
    assert (await visit(team, 1)).staff_id == OMAR_ID


async def test_what_is_decided_without_a_network_is_kept_and_the_server_has_it_when_there_is_one(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    paula = await coordinating(server, tablet)
    sheet = paula.page.get_by_role("dialog")
    await paula.tablet.go_offline()
    await line(paula.page, team.visits[2]).locator("button").click()
    await sheet.get_by_role("button", name=re.compile(OMAR)).click()
    await line(paula.page, team.visits[0]).locator("button").click()
    await sheet.get_by_role("button", name="Another window…").click()
    await sheet.get_by_role("button", name="Tomorrow").click()
    await sheet.get_by_label("Begins between").fill("9:15")
    await sheet.get_by_label("and, such as").fill("10:00")
    await sheet.get_by_role("button", name="Keep this window").click()
    await line(paula.page, team.visits[1]).locator("button").click()
    await sheet.get_by_role("button", name="No longer wanted…").click()
    await sheet.get_by_label("Why").fill("In the clinic today")
    await sheet.get_by_role("button", name="No longer wanted").click()
    await line(paula.page, team.visits[1], "cancelled").wait_for()
    assert (await visit(team, 1)).state is VisitState.PLANNED

    await paula.tablet.come_online()
    await paula.tablet.shows("All sent")

    moved, cancelled, given = [await visit(team, at) for at in range(3)]
    assert (cancelled.state, cancelled.reason_text) == (VisitState.CANCELLED, "In the clinic today")
    assert (given.staff_id, given.flags) == (OMAR_ID, [])
    assert f"{moved.window_from_at.astimezone(ZoneInfo('Europe/London')):%H:%M}" == "09:15"
    assert (moved.window_to_at - moved.window_from_at).total_seconds() == 45 * 60
    assert moved.window_from_at.date() > team.paula.now.date()

    # What is tomorrow's is decided in the same way.
    later = paula.page.locator("section").filter(has=paula.page.get_by_role("heading", name="Later"))
    await later.locator(f'[data-visit="{team.visits[0]}"] button').click()
    await sheet.get_by_text("03 Feb 1944 · 4468 2210").wait_for()
    await sheet.get_by_role("button", name=re.compile(OMAR)).click()
    await later.get_by_text(f"{OMAR} goes").wait_for()


async def test_a_visit_that_began_can_not_be_given_away(server: Server, team: HomeTeam, tablet: OpenTablet) -> None:
    paula = await coordinating(server, tablet)
    body = VisitStarted(observed_at=team.omar.now, stay_id=team.stays[1], visit_id=team.visits[1])
    await team.omar.record(OMAR, body)

    await line(paula.page, team.visits[1], "going_on").locator("button").click()

    sheet = paula.page.get_by_role("dialog")
    await sheet.get_by_text("It began.").wait_for()
    assert await sheet.get_by_role("button", name=re.compile(NOOR)).count() == 0


async def test_an_sos_stands_on_top_until_somebody_has_spoken_with_her(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    paula = await coordinating(server, tablet)
    started = VisitStarted(observed_at=team.omar.now, stay_id=team.stays[1], visit_id=team.visits[1])
    await team.omar.record(OMAR, started)
    await team.omar.record(OMAR, SosRaised(observed_at=team.omar.now, unit_id=TEAM, visit_id=team.visits[1]))
    red = paula.page.get_by_role("dialog")
    await red.get_by_role("heading", name=OMAR).wait_for()
    await red.get_by_text(GEORGE).wait_for()
    await red.get_by_text("2 Old Road").wait_for()
    await red.get_by_role("button", name="I am going").click()
    sos = paula.page.get_by_role("article").filter(has_text=f"SOS: {OMAR}")
    await sos.get_by_text("2 Old Road").wait_for()
    await paula.open("alerts")
    await paula.page.get_by_role("link", name=re.compile(f"{OMAR}.*SOS at")).wait_for()
    await paula.open("coordinator")
    await paula.tablet.shows(f"SOS: {OMAR}")
    await paula.tablet.shows(f"{PAULA} is going")

    await paula.page.get_by_role("button", name="End the SOS…").click()
    await paula.page.get_by_role("dialog").get_by_role("button", name="Help was there").click()

    await paula.page.get_by_text(f"SOS: {OMAR}").wait_for(state="detached")
    await paula.tablet.shows("All sent")
    await team.omar.pull()
    [alert] = [row for row in team.omar.rows("alert") if row.cause.value == "sos"]
    assert (alert.state, alert.ended_why) == (AlertState.RESOLVED, "sos_helped")


async def choose_line(page: Page) -> None:
    await page.locator("[data-visit] button").first.click()
    await page.locator("dialog[open] ul button").first.wait_for()


async def choose_window(page: Page) -> None:
    await choose_line(page)
    await page.locator("dialog[open] .acts button").first.click()
    await page.locator("dialog[open] form").wait_for()


async def choose_plan(page: Page) -> None:
    await page.locator(".team > header > button").click()
    await page.locator("dialog[open] form").wait_for()


async def choose_end(page: Page) -> None:
    await page.locator("article .acts button").last.click()
    await page.locator("dialog[open] .outcomes").wait_for()


@pytest.mark.slow(20)
async def test_the_coordinators_screens_are_whole_in_every_look(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    paula = await coordinating(server, tablet)
    body = VisitStarted(observed_at=team.omar.now, stay_id=team.stays[1], visit_id=team.visits[1])
    await team.omar.record(OMAR, body)
    await team.plan(3, OMAR, begins=-60, ends=-5)
    walk = Walk(paula.page, server.url, NAMES)
    for look in LOOKS:
        await walk.wear(*look)
        for screen in (
            Screen("team", "/coordinator", "[data-visit]"),
            Screen("team visit", "/coordinator", "[data-visit]", choose_line),
            Screen("team window", "/coordinator", "[data-visit]", choose_window),
            Screen("team plan", "/coordinator", "[data-visit]", choose_plan),
        ):
            await walk.look_at(screen)
            await paula.page.keyboard.press("Escape")
    await walk.wear("en", "day")
    await team.omar.record(OMAR, SosRaised(observed_at=team.omar.now, unit_id=TEAM))
    await paula.page.get_by_role("dialog").get_by_role("button", name="I am going").click()
    await paula.page.locator("dialog[open]").wait_for(state="hidden")
    for look in LOOKS:
        await walk.wear(*look)
        await walk.look_at(Screen("team SOS", "/coordinator", "article .acts", at_hand="article .acts button"))
        await walk.look_at(Screen("team SOS end", "/coordinator", "article .acts", choose_end))
        await paula.page.keyboard.press("Escape")
    assert walk.wrong == [], "\n".join(walk.wrong)
