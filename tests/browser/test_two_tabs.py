"""Two tabs of one tablet: both write, one holds the line, and neither stands in the other's way."""

import asyncio

import pytest
from playwright.async_api import Page

from tests.browser.conftest import OpenTablet
from tests.browser.driven import Driven, arrived
from tests.browser.server import Server
from tests.browser.tablets import Tablet

pytestmark = pytest.mark.browser
# A newer app asks for the next version of the rows.
OPEN_NEWER = """() => new Promise((resolve) => {
  const opening = indexedDB.open('wardlight-projection', 99);
  opening.onsuccess = () => resolve('opened');
  setTimeout(() => resolve('still waiting'), 3000);
})"""
# An app before today's holds the rows of its own version, and does not let go.
HOLD_OLDER = """() => new Promise((resolve) => {
  const opening = indexedDB.open('wardlight-projection', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('pages');
  opening.onsuccess = () => resolve((window.held = opening.result).version);
})"""


async def two_tabs(tablet: Tablet, ward: Server, heart: str) -> tuple[Driven, Driven, str]:
    """The first one holds the line."""
    first = await Driven.on(tablet.context, ward.url, heart, tablet.page)
    device_id = await first.log_in("Amy Archer")
    return first, await Driven.on(tablet.context, ward.url, heart), device_id


async def test_two_tabs_that_write_at_once_number_densely_and_send_each_entry_once(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    first, second, device_id = await two_tabs(amy, ward, heart)
    mine, others = await asyncio.gather(
        first.note(*(f"a{place}" for place in range(40))), second.note(*(f"b{place}" for place in range(40)))
    )
    await first.drained()
    entries = await arrived(ward, device_id)
    assert [n for n, _, _ in entries] == list(range(1, 81))
    assert sorted(entry_id for _, entry_id, _ in entries) == sorted([*mine, *others])
    # In each tab's own order.
    order = [entry_id for _, entry_id, _ in entries]
    assert [each for each in order if each in set(mine)] == mine
    assert {verdict for _, _, verdict in entries} <= {"accepted", "flagged"}
    for tab in (first, second):
        assert await tab.page.evaluate("() => tablet.syncState().waiting") == 0


async def connected(tab: Page) -> None:
    for _ in range(100):
        if await tab.evaluate("() => tablet.syncState().connection") == "connected":
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nobody took the line over")


async def test_when_the_tab_with_the_line_dies_the_other_takes_over_and_has_what_came_meanwhile(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    first, second, _ = await two_tabs(amy, ward, heart)
    await connected(first.page)
    await connected(second.page)
    locks = "async () => (await navigator.locks.query()).held.filter(({ name }) => name === 'wardlight.live').length"
    assert await second.page.evaluate(locks) == 1
    await first.page.close()
    bea = await tablet("bea")
    other = await Driven.on(bea.context, ward.url, heart, bea.page)
    await other.log_in("Bea Baker")
    await other.note("written elsewhere")
    await other.drained()
    read = """async () => [...await tablet.readProjection()]
      .flatMap(([, { rows }]) => [...rows.values()]).filter(({ type }) => type === 'stay').map(({ row }) => row.note)"""
    for _ in range(100):
        if await second.page.evaluate(read) == ["written elsewhere"]:
            break
        await asyncio.sleep(0.1)
    assert await second.page.evaluate(read) == ["written elsewhere"]


async def test_a_tab_of_an_older_version_lets_go_of_the_rows(ward: Server, tablet: OpenTablet, heart: str) -> None:
    amy = await tablet("amy")
    first = await Driven.on(amy.context, ward.url, heart, amy.page)
    newer = await Driven.on(amy.context, ward.url, heart)
    assert await newer.page.evaluate(OPEN_NEWER) == "opened"
    assert (await first.kept())["waiting"] == []  # the outbox is its own, and stays in reach


async def test_an_older_tab_that_does_not_let_go_is_named_on_the_screen_and_the_app_goes_on_without_it(
    ward: Server, tablet: OpenTablet
) -> None:
    amy = await tablet("amy")
    older = await amy.context.new_page()
    await older.goto(f"{ward.url}/icons/icon.svg")
    assert await older.evaluate(HOLD_OLDER) == 1
    await amy.page.goto(ward.url)
    await amy.shows("An older Wardlight is open in another tab")
    assert await amy.page.get_by_text("All sent").count() == 0
    await older.evaluate("() => held.close()")
    await amy.shows("Name of this tablet")
