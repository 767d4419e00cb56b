"""A new version of the app: half installed it harms nothing, and it takes over only by a tap, and never under a form."""

import asyncio
import contextlib
import re
from pathlib import Path

import pytest
from playwright.async_api import Error, Page, Playwright, Route, WebSocketRoute

from tests.browser.conftest import OpenTablet
from tests.browser.driven import STAY, Driven, arrived
from tests.browser.gateway import Gateway
from tests.browser.server import Server
from tests.browser.tablets import kill, open_tablet

pytestmark = pytest.mark.browser
UPDATE = "() => void navigator.serviceWorker.getRegistration().then((one) => one.update().catch(() => {}))"
IS_NEWER = "() => document.querySelector('meta[name=newer]') !== null"
CONTROLLED = """() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller
  ?? new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', () => done(1))))
  .then(() => true)"""


async def newer(page: Page) -> bool:
    for _ in range(50):
        with contextlib.suppress(Error):  # the page goes while it is asked
            if await page.evaluate(IS_NEWER):
                return True
        await asyncio.sleep(0.1)
    return False


async def test_killed_while_a_new_version_installs_the_old_one_opens_whole_and_the_new_one_waits_for_a_clean_form(
    ward: Server, playwright: Playwright, heart: str, tmp_path: Path
) -> None:
    gateway = Gateway(ward.url)
    profile = tmp_path / "amy"
    tablet = await open_tablet(playwright, profile)
    driven = await Driven.on(tablet.context, gateway.url, heart)
    await driven.log_in("Amy Archer")
    page = tablet.page
    await page.goto(f"{gateway.url}/#/ward")
    await tablet.shows("Ruth Abara")
    assert await page.evaluate(CONTROLLED)
    await tablet.context.close()

    tablet = await open_tablet(playwright, profile)
    await tablet.page.goto(f"{gateway.url}/#/ward")
    await tablet.shows("Ruth Abara")
    gateway.newer, gateway.stalled = True, "/manifest.webmanifest"
    await tablet.page.evaluate(UPDATE)
    assert await asyncio.to_thread(gateway.stalls.wait, 20)
    await kill(profile)

    again = await open_tablet(playwright, profile)
    await again.go_offline()
    page = again.page
    await page.goto(f"{gateway.url}/#/ward")
    await again.shows("Ruth Abara")
    assert await page.evaluate(IS_NEWER) is False
    assert [each for each in again.complaints if "WebSocket" not in each] == []

    gateway.stalled = ""
    gateway.go_on.set()
    await again.come_online()
    await page.evaluate(UPDATE)
    await page.goto(f"{gateway.url}/#/settings")
    take = page.get_by_role("button", name="Start it now")
    await take.wait_for(timeout=20_000)
    assert await page.evaluate(IS_NEWER) is False
    form = await again.context.new_page()
    await form.goto(f"{gateway.url}/#/patients/{STAY}")
    await form.get_by_role("link", name="Vital signs").click()
    await form.get_by_role("button", name="1", exact=True).click()
    await take.click()
    await again.shows("A form is open and not saved")
    assert await form.evaluate(IS_NEWER) is False
    await form.close()
    await take.click()
    assert await newer(page)
    await again.go_offline()
    await page.goto(f"{gateway.url}/#/ward")
    await page.reload()
    await again.shows("Ruth Abara")
    assert await page.evaluate(IS_NEWER) is True
    await again.context.close()
    gateway.close()


async def test_an_app_that_the_server_has_outgrown_says_so_sends_what_is_charted_and_reads_again_once_it_may(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy", anew=True)
    driven = await Driven.on(amy.context, ward.url, heart)
    device_id = await driven.log_in("Amy Archer")
    await driven.page.close()
    doors = re.compile(r"/api/sync/(changes|snapshot)")

    async def too_old(route: Route) -> None:
        await route.fulfill(status=426, json={"type": "urn:wardlight:update_needed", "status": 426})

    outgrown = True

    async def closed(socket: WebSocketRoute) -> None:
        if outgrown:
            await socket.close(code=4426)
        else:
            socket.connect_to_server()

    await amy.page.route(doors, too_old)
    await amy.page.route_web_socket(re.compile("/api/sync/live"), closed)
    await amy.page.goto(f"{ward.url}/#/sync")
    pill = amy.page.locator('header a[href="#/sync"]')
    await pill.filter(has_text=re.compile(r"^\s*Update needed\s*$")).wait_for(timeout=15_000)
    await amy.shows("This app is too old for the server")
    # Another tab, and a save there: it is sent, and no tab calls the old app up to date.
    other = await Driven.on(amy.context, ward.url, heart)
    [entry_id] = await other.note("from an old app")
    await other.drained()
    assert [each for _, each, _ in await arrived(ward, device_id)] == [entry_id]
    assert "Update needed" in await pill.inner_text()
    outgrown = False
    await amy.page.unroute(doors)
    await pill.filter(has_text="All sent").wait_for(timeout=60_000)
    assert await amy.page.get_by_text("This app is too old for the server").count() == 0
    amy.complaints[:] = [
        each for each in amy.complaints if "status of 426" not in each and "WebSocket connection to" not in each
    ]
