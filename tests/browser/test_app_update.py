"""A new version of the app: half installed it harms nothing, and it takes over only by a tap, and never under a form."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from playwright.async_api import Error, Page, Playwright

from tests.browser.driven import STAY, Driven
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
