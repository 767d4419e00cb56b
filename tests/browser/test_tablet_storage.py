"""What a tablet keeps: durably, in every tab, and whatever is killed."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, Playwright

from tests.browser.conftest import OpenTablet
from tests.browser.server import Server
from tests.browser.story import Nurse
from tests.browser.tablets import kill, open_tablet

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Notes every transaction that may write, before the app's own scripts run.
NOTE_WRITES = """
window.writes = [];
const open = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...asked) {
  const transaction = open.apply(this, asked);
  if (transaction.mode === 'readwrite') window.writes.push([this.name, transaction.durability]);
  return transaction;
};
"""
COUNT = """
async (store) => {
  const opening = indexedDB.open('wardlight-outbox');
  const database = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
  const counting = database.transaction(store).objectStore(store).count();
  const count = await new Promise((resolve) => (counting.onsuccess = () => resolve(counting.result)));
  database.close();
  return count;
}
"""


async def on_duty(nurse: Nurse) -> None:
    await nurse.pair()
    await nurse.log_in()
    await nurse.page.get_by_role("link", name=re.compile(nurse.name)).wait_for()
    await nurse.go_on_duty("1A")
    await nurse.page.wait_for_url(re.compile("#/$"))  # saved: the screen leads on
    await nurse.page.goto(f"{nurse.server.url}/#/duty")
    await nurse.tablet.shows("On duty since")


async def kept(page: Page, store: str, count: int) -> None:
    """Waits until the outbox's store holds so many."""
    for _ in range(50):
        if await page.evaluate(COUNT, store) == count:
            return
        await asyncio.sleep(0.1)
    assert await page.evaluate(COUNT, store) == count


async def test_a_tablet_writes_its_outbox_durably_and_keeps_its_key_to_itself(
    server: Server, tablet: OpenTablet
) -> None:
    amy = Nurse(await tablet("amy", anew=True), server, "Amy Archer")
    await amy.page.add_init_script(NOTE_WRITES)
    await on_duty(amy)
    await amy.tap("15 min")
    await kept(amy.page, "sent", 2)
    writes = await amy.page.evaluate("writes")
    outbox = [durability for database, durability in writes if database == "wardlight-outbox"]
    assert len(outbox) >= 2
    assert set(outbox) == {"strict"}
    databases = await amy.page.evaluate("indexedDB.databases()")
    assert {"name": "wardlight-outbox", "version": 1} in databases  # for ever (docs/adr/0014-outbox-and-hello.md)
    readable = await amy.page.evaluate(
        """async () => {
          const opening = indexedDB.open('wardlight-device');
          const database = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
          const reading = database.transaction('sessions').objectStore('sessions').getAll();
          const [session] = await new Promise((resolve) => (reading.onsuccess = () => resolve(reading.result)));
          database.close();
          return session.key.extractable;
        }"""
    )
    assert readable is False


async def test_what_one_tab_saves_the_other_shows_and_sends(server: Server, tablet: OpenTablet) -> None:
    amy = Nurse(await tablet("amy", anew=True), server, "Amy Archer")
    await on_duty(amy)
    await amy.tablet.go_offline()
    second = await amy.tablet.context.new_page()
    await second.goto(f"{server.url}/#/duty")
    await second.get_by_role("button", name="15 min").click()
    await amy.tablet.shows("On a break until")
    # The tab that held the socket goes; the one that is left takes over.
    await amy.page.close()
    await amy.tablet.come_online()
    await kept(second, "entries", 0)
    await second.get_by_role("link", name=re.compile("All sent")).wait_for()


async def test_a_service_worker_sends_when_every_tab_is_closed(server: Server, tablet: OpenTablet) -> None:
    amy = Nurse(await tablet("amy", anew=True), server, "Amy Archer")
    await on_duty(amy)
    await amy.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await amy.tablet.go_offline()
    await amy.tap("15 min")
    await amy.tablet.shows("On a break until")
    blank = await amy.tablet.context.new_page()
    await amy.page.close()
    await amy.tablet.come_online()
    await asyncio.sleep(2)
    await amy.tablet.go_offline()
    await blank.goto(f"{server.url}/#/sync")
    await kept(blank, "entries", 0)
    await kept(blank, "sent", 2)


async def test_a_browser_killed_after_saved_has_lost_nothing(
    server: Server, playwright: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "amy"
    first = await open_tablet(playwright, profile)
    await on_duty(Nurse(first, server, "Amy Archer"))
    # Cookies are written down lazily: the tablet was paired before today.
    await first.context.close()
    amy = Nurse(await open_tablet(playwright, profile), server, "Amy Archer")
    await amy.page.goto(f"{server.url}/#/duty")
    await amy.tablet.shows("On duty since")
    await amy.tablet.go_offline()
    await amy.tap("15 min")
    await amy.tablet.shows("On a break until")
    await kill(profile)
    again = await open_tablet(playwright, profile)
    try:
        await again.page.goto(f"{server.url}/#/duty")
        await again.shows("On a break until")
        await kept(again.page, "entries", 0)
        await kept(again.page, "sent", 2)
    finally:
        await again.context.close()
