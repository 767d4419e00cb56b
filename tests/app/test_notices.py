"""A push on this tablet: the notice that it shows, and the receipt that it sends. The trusted tap is told in tests of alerts."""

import asyncio
import json

import pytest
from playwright.async_api import CDPSession

from tests.app.paper_site import PaperSite
from tests.browser.tablets import Tablet

pytestmark = pytest.mark.browser

PUSH = {
    "alert_id": "0190b4c5-0000-7000-8000-000000000001",
    "step_id": "0190b4c5-0000-7000-8000-000000000002",
    "staff_id": "0190b4c5-0000-7000-8000-000000000003",
    "tag": "0190b4c5-0000-7000-8000-000000000001",
    "title": "Wardlight",
    "text": "An alert needs your answer",
    "url": "/#/alerts/0190b4c5-0000-7000-8000-000000000001",
    "lang": "en",
}
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }));
}"""


async def ready_for_push(tablet: Tablet, site: PaperSite) -> tuple[CDPSession, str]:
    """A tablet that allows notices, and the id of its worker's registration."""
    browser = await tablet.context.new_cdp_session(tablet.page)
    permission = {"permission": {"name": "notifications"}, "setting": "granted", "origin": site.address}
    await browser.send("Browser.setPermission", permission)
    registrations: asyncio.Queue[str] = asyncio.Queue()

    def heard(event: dict) -> None:
        for registration in event["registrations"]:
            if registration["scopeURL"].startswith(site.address):
                registrations.put_nowait(registration["registrationId"])

    browser.on("ServiceWorker.workerRegistrationUpdated", heard)
    await browser.send("ServiceWorker.enable")
    await tablet.page.goto(f"{site.address}/#/settings")
    await tablet.page.evaluate("async () => { await navigator.serviceWorker.ready }")
    return browser, await asyncio.wait_for(registrations.get(), 10)


async def deliver(browser: CDPSession, site: PaperSite, registration_id: str, push: dict) -> None:
    await browser.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": site.address, "registrationId": registration_id, "data": json.dumps(push)},
    )


async def posted(site: PaperSite, count: int) -> list[tuple[str, list[dict]]]:
    """What was posted, once it is `count` posts."""
    async with asyncio.timeout(10):
        while len(site.posted) < count:
            await asyncio.sleep(0.02)
    return site.posted


async def test_a_push_is_shown_once_an_alert_and_each_showing_is_receipted(tablet: Tablet, site: PaperSite) -> None:
    browser, registration_id = await ready_for_push(tablet, site)
    await deliver(browser, site, registration_id, PUSH)
    await posted(site, 1)
    await deliver(browser, site, registration_id, PUSH | {"step_id": "0190b4c5-0000-7000-8000-000000000009"})
    first, second = await posted(site, 2)
    assert first[0] == "/api/alerts/receipts"
    assert {**first[1][0], "at": ""} == {
        "alert_id": PUSH["alert_id"],
        "step_id": PUSH["step_id"],
        "kind": "shown",
        "at": "",
    }
    assert second[1][0]["step_id"] != PUSH["step_id"]
    assert await tablet.page.evaluate(SHOWN) == [
        {"title": PUSH["title"], "body": PUSH["text"], "tag": PUSH["tag"], "url": PUSH["url"]}
    ]


async def test_a_test_push_has_no_alert_and_sends_no_receipt(tablet: Tablet, site: PaperSite) -> None:
    browser, registration_id = await ready_for_push(tablet, site)
    await deliver(browser, site, registration_id, PUSH | {"alert_id": None, "step_id": None, "tag": "test"})
    await deliver(browser, site, registration_id, PUSH)
    assert [receipt["alert_id"] for _, receipts in await posted(site, 1) for receipt in receipts] == [PUSH["alert_id"]]
