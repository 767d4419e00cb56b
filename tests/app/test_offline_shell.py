"""The app without a network, and the rule by which a new version takes over: in a real Chromium, under the real policy."""

from pathlib import Path

import pytest
from playwright.async_api import Page, Playwright

from tests.app.paper_site import PaperSite
from tests.browser.tablets import Tablet, open_tablet

pytestmark = pytest.mark.browser

HOLD_A_DIRTY_FORM = "() => { navigator.locks.request('wardlight.dirty', () => new Promise(() => {})) }"
UNTIL_NO_FORM_IS_DIRTY = "() => navigator.locks.request('wardlight.dirty', () => {})"
LOOK_FOR_UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration.update();
  while (!registration.waiting) await new Promise((later) => setTimeout(later, 20));
}"""
KEPT_VERSIONS = "async () => (await caches.keys()).sort()"


async def visit(page: Page, site: PaperSite) -> None:
    """Opens the settings, and waits until the worker keeps the app."""
    await page.goto(f"{site.address}/#/settings")
    await page.get_by_role("heading", name="Settings").wait_for()
    await page.evaluate("async () => { await navigator.serviceWorker.ready }")


async def reloaded(page: Page) -> bool:
    """Whether the page is another one than the one that was marked."""
    return not await page.evaluate("() => window.marked === true")


async def test_the_built_app_breaks_no_rule_of_its_content_security_policy(tablet: Tablet, site: PaperSite) -> None:
    await visit(tablet.page, site)
    await tablet.page.get_by_role("button", name="Tiếng Việt").click()
    await tablet.page.get_by_role("heading", name="Cài đặt").wait_for()
    assert tablet.complaints == []


async def test_after_one_visit_the_app_opens_without_a_network(tablet: Tablet, site: PaperSite) -> None:
    await visit(tablet.page, site)
    await tablet.go_offline()
    await tablet.page.reload()
    await tablet.page.get_by_role("heading", name="Settings").wait_for()
    await tablet.page.get_by_role("button", name="한국어").click()
    await tablet.page.get_by_role("heading", name="설정").wait_for()


async def test_the_first_worker_does_not_reload_the_page_it_came_with(tablet: Tablet, site: PaperSite) -> None:
    await tablet.page.goto(f"{site.address}/#/settings")
    await tablet.page.evaluate("() => { window.marked = true }")
    await tablet.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    assert not await reloaded(tablet.page)


async def test_a_new_version_waits_until_a_tap_takes_it(tablet: Tablet, site: PaperSite) -> None:
    await visit(tablet.page, site)
    before = await tablet.page.evaluate(KEPT_VERSIONS)
    await tablet.page.evaluate("() => { window.marked = true }")
    site.publish_new_version()
    await tablet.page.evaluate(LOOK_FOR_UPDATE)
    take = tablet.page.get_by_role("button", name="Start it now")
    await take.wait_for()
    assert not await reloaded(tablet.page)
    await take.click()
    await tablet.page.wait_for_function("() => window.marked !== true")
    await tablet.page.get_by_role("heading", name="Settings").wait_for()
    after = await tablet.page.evaluate(KEPT_VERSIONS)
    assert len(after) == 1
    assert after != before


async def test_a_new_version_is_refused_while_a_form_in_any_tab_is_not_saved(tablet: Tablet, site: PaperSite) -> None:
    await visit(tablet.page, site)
    other = await tablet.context.new_page()
    await visit(other, site)
    await other.evaluate(HOLD_A_DIRTY_FORM)
    site.publish_new_version()
    await tablet.page.evaluate(LOOK_FOR_UPDATE)
    await tablet.page.evaluate("() => { window.marked = true }")
    await tablet.page.get_by_role("button", name="Start it now").click()
    await tablet.page.get_by_text("A form is open and not saved").wait_for()
    assert not await reloaded(tablet.page)
    await other.close()
    await tablet.page.evaluate(UNTIL_NO_FORM_IS_DIRTY)
    await tablet.page.get_by_role("button", name="Start it now").click()
    await tablet.page.wait_for_function("() => window.marked !== true")


async def test_a_cold_start_takes_up_the_new_version(playwright: Playwright, site: PaperSite, tmp_path: Path) -> None:
    first = await open_tablet(playwright, tmp_path / "cold")
    await visit(first.page, site)
    site.publish_new_version()
    await first.page.evaluate(LOOK_FOR_UPDATE)
    await first.context.close()
    second = await open_tablet(playwright, tmp_path / "cold")
    await visit(second.page, site)
    await second.page.wait_for_function("async () => (await caches.keys()).length === 1")
    assert "next-" in (await second.page.evaluate(KEPT_VERSIONS))[0]
    await second.context.close()
    assert [*first.complaints, *second.complaints] == []


async def test_at_night_the_page_is_dark_before_the_app_is_there(tablet: Tablet, site: PaperSite) -> None:
    await visit(tablet.page, site)
    await tablet.page.get_by_role("button", name="Night", exact=True).click()
    dark = await tablet.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    # The worker answers for the page, so the app is taken from the page itself.
    await tablet.page.add_init_script(
        "new MutationObserver(() => document.querySelector('script[type=module]')?.remove()).observe(document, { childList: true, subtree: true })"
    )
    await tablet.page.reload()
    assert await tablet.page.evaluate("() => document.getElementById('app').childElementCount") == 0
    assert await tablet.page.evaluate("() => getComputedStyle(document.body).backgroundColor") == dark
