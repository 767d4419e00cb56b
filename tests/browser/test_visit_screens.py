"""Every screen of a home-care nurse: by day and night, in four languages, on phones and tablets, with her SOS at its foot."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page

from backend.postgres import EmbeddedPostgres
from shared_schemas.visits import VisitKind
from tests.browser.conftest import OpenTablet, running_server
from tests.browser.home_team import HOMES, NOOR, TEAM_CODE, TEAM_PEOPLE, HomeTeam, home_team, team_file
from tests.browser.server import Server
from tests.browser.story import Nurse
from tests.browser.walk import LOOKS, Screen, Walk
from tests.conftest import migrated_database

pytestmark = pytest.mark.browser

NAMES = {part for name in TEAM_PEOPLE for part in name.split()} | {
    "SOS",
    "Home",
    "team",
    "Mill",
    "Lane",
    "flat",
    "Old",
    "Road",
}
NAMES |= {part for home in HOMES for part in re.findall(r"[A-Za-z]{3,}", home[0] + home[2])}
HOLD_MS = 1100


@pytest_asyncio.fixture(loop_scope="session")
async def team(postgres: EmbeddedPostgres, ward_home: Path, served_pwa: Path) -> AsyncIterator[tuple[Server, HomeTeam]]:
    """One visit goes on, one is late, a call is to come; one is a colleague's, one nobody's."""
    assert served_pwa.is_dir()
    async with migrated_database(postgres) as name, running_server(postgres, name, ward_home) as server:
        await server.load(team_file())
        async with home_team(server) as made:
            await made.plan(0, NOOR, begins=-20, ends=90)
            await made.plan(1, NOOR, begins=-60, ends=-5)
            await made.plan(2, NOOR, begins=-5, ends=60, kind=VisitKind.CALL)
            await made.plan(3, None, begins=-5, ends=60)
            yield server, made


async def see_all(page: Page) -> None:
    await page.locator(".whose button").click()


async def open_sheet(page: Page) -> None:
    """What is asked before she leaves."""
    await page.locator("aside .beside button").first.click()


async def sign(page: Page) -> None:
    """The glass with a stroke on it."""
    await page.locator(".visit .signed button").click()
    box = await page.locator("dialog[open] svg[role=img]").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 20, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 90, box["y"] + 60, steps=4)
    await page.mouse.up()


async def say_why_not(page: Page) -> None:
    await page.locator(".visit .acts button").last.click()


def screens_of(team: HomeTeam) -> list[Screen]:
    """Where she goes with the network there."""
    going, late, call = (f"/visits/{team.visits[at]}" for at in range(3))
    sos = "aside .sos"
    # No address twice in a row: a sheet that one screen opened would lie over the next.
    return [
        Screen("visits", "/visits", ".day article", at_hand=sos),
        Screen("visit planned", late, ".visit .acts", at_hand=sos),
        Screen("visits of all", "/visits", ".day article", see_all, at_hand=sos),
        Screen("visit not done", late, ".visit .acts", say_why_not),
        Screen("call planned", call, ".visit .acts"),
        Screen("visit", going, ".visit textarea", at_hand=f"{sos}, aside .beside button"),
        Screen("shift at home", "/shift", "main", at_hand=sos),
        Screen("visit open", going, ".visit textarea", open_sheet),
        Screen("patient at home", f"/patients/{team.stays[0]}", ".patient .side", at_hand=sos),
        Screen("visit signing", going, ".visit textarea", sign),
        Screen("chart at home", f"/patients/{team.stays[0]}/chart", "main .rows", at_hand=sos),
        Screen("settings at home", "/settings", ".cards", at_hand=sos),
    ]


async def raise_sos(page: Page) -> None:
    """Held by the keyboard for a second."""
    await page.locator("aside .sos").focus()
    await page.keyboard.down("Enter")
    await page.wait_for_timeout(HOLD_MS)
    await page.keyboard.up("Enter")


@pytest.mark.slow(40)
async def test_every_screen_of_a_visit_is_whole_in_every_look(
    team: tuple[Server, HomeTeam], tablet: OpenTablet
) -> None:
    server, made = team
    noor = Nurse(await tablet("noor"), server, NOOR)
    await noor.pair(TEAM_CODE)
    await noor.log_in()
    await noor.open(f"visits/{made.visits[0]}")
    await noor.tap("Start visit")
    await noor.page.locator(".visit textarea").wait_for()
    walk = Walk(noor.page, server.url, NAMES)
    for look in LOOKS:
        await walk.wear(*look)
        for screen in screens_of(made):
            await walk.look_at(screen)

    # Without a network, with an SOS that nobody has heard.
    await noor.tablet.go_offline()
    await raise_sos(noor.page)
    for look in LOOKS:
        await walk.wear(*look)
        await walk.look_at(Screen("sos kept", "/visits", "aside .state.open", at_hand="aside .sos, aside .state a"))
        await walk.look_at(Screen("visit offline", f"/visits/{made.visits[0]}", ".visit .banner", at_hand="aside .sos"))
    assert walk.wrong == [], "\n".join(walk.wrong)
