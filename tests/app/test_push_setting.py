"""Turning push on in the settings. Only `subscribe()` is a stand-in: without a push service the real one never settles."""

import pytest
from playwright.async_api import expect

from tests.app.paper_site import PaperSite
from tests.browser.tablets import Tablet

pytestmark = pytest.mark.browser

SUBSCRIPTION = {"endpoint": "https://push.example/1", "keys": {"p256dh": "point", "auth": "secret"}}
SUBSCRIBES = f"""() => {{
  const subscription = {{ toJSON: () => ({SUBSCRIPTION}) }};
  PushManager.prototype.subscribe = async () => subscription;
  PushManager.prototype.getSubscription = async () => subscription;
}}"""
NEVER_SETTLES = "() => { PushManager.prototype.subscribe = () => new Promise(() => {}) }"


async def open_settings(tablet: Tablet, site: PaperSite, permission: str) -> None:
    """The settings on a device that has answered the question about notices."""
    site.answers["/api/alerts/push-key"] = {"key": "BKey"}
    browser = await tablet.context.new_cdp_session(tablet.page)
    asked = {"permission": {"name": "notifications"}, "setting": permission, "origin": site.address}
    await browser.send("Browser.setPermission", asked)
    await tablet.page.goto(f"{site.address}/#/settings")
    await tablet.page.evaluate("async () => { await navigator.serviceWorker.ready }")
    # The screen looks at push when it opens: it must find the worker.
    await tablet.page.reload()


async def test_turning_push_on_tells_the_server_where_and_in_which_language(tablet: Tablet, site: PaperSite) -> None:
    await open_settings(tablet, site, "granted")
    # The stand-in comes after the screen's own look: it would say that push is on already.
    await tablet.page.get_by_role("button", name="Turn it on").wait_for()
    await tablet.page.evaluate(SUBSCRIBES)
    await tablet.page.get_by_role("button", name="Turn it on").click()
    await tablet.page.get_by_text("This tablet rings when it is locked.").wait_for()
    assert site.posted == [("/api/alerts/push-subscription", {**SUBSCRIPTION, "lang": "en"})]
    await tablet.page.get_by_role("button", name="한국어").click()
    await tablet.page.get_by_role("heading", name="설정").wait_for()
    await expect(tablet.page.get_by_role("button", name="시험 알림 보내기")).to_be_visible()
    async with tablet.page.expect_response("**/api/alerts/push-test"):
        await tablet.page.get_by_role("button", name="시험 알림 보내기").click()
    assert site.posted[1] == ("/api/alerts/push-subscription", {**SUBSCRIPTION, "lang": "ko"})
    assert site.posted[2][0] == "/api/alerts/push-test"


async def test_a_push_service_that_never_answers_is_said_after_ten_seconds(tablet: Tablet, site: PaperSite) -> None:
    await open_settings(tablet, site, "granted")
    await tablet.page.clock.install()
    await tablet.page.evaluate(NEVER_SETTLES)
    await tablet.page.get_by_role("button", name="Turn it on").click()
    await tablet.page.get_by_text("Asking the push service").wait_for()
    await tablet.page.wait_for_load_state("networkidle")
    await tablet.page.clock.run_for(10_000)
    await tablet.page.get_by_text("Push is unavailable here").wait_for()
    assert site.posted == []


async def test_a_device_that_refuses_notices_is_said_and_nothing_is_asked(tablet: Tablet, site: PaperSite) -> None:
    await open_settings(tablet, site, "denied")
    await tablet.page.get_by_text("This device refuses notices").wait_for()
    assert await tablet.page.get_by_role("button", name="Turn it on").count() == 0
