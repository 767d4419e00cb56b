"""The sync state on screen never lies: one tablet is taken through every state, and its words are read."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, Route

from backend.access.actions import revoke_device
from backend.changes.actions import begin_epoch
from backend.clock import SystemClock
from backend.db import Database, Work, unit_of_work
from backend.sync.actions.losses import note_gaps
from backend.sync.rules.gaps import Gap
from tests.browser.conftest import OpenTablet
from tests.browser.driven import STAY, Driven
from tests.browser.gateway import Gateway
from tests.browser.hospital import UNIT
from tests.browser.server import Server
from tests.browser.tablets import Tablet

pytestmark = pytest.mark.browser
FAST_MS = 7 * 60_000
# What this page writes into the outbox counts from the moment in which it is durable; in every frame in which the screen or the
# outbox changes, the pill is compared with it. The wall clock can be set wrong.
WATCH = """
// As in most browsers: the worker would send what a state is to be read of.
Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', { value: undefined });
window.unsent = new Set();
window.looked = 0;
const within = (asked, n) => (asked instanceof IDBKeyRange ? asked.includes(n) : asked === n);
const noted = (name) => {
  const done = IDBObjectStore.prototype[name];
  IDBObjectStore.prototype[name] = function (...asked) {
    if (this.transaction.db.name === 'wardlight-outbox' && this.transaction.durability !== 'strict') window.lied(`${this.name}: relaxed`);
    if (this.name === 'entries')
      this.transaction.addEventListener('complete', () => {
        if (name !== 'delete') unsent.add(asked[0].n);
        else for (const n of [...unsent]) if (within(asked[0], n)) unsent.delete(n);
        requestAnimationFrame(look);
      });
    return done.apply(this, asked);
  };
};
for (const name of ['add', 'put', 'delete']) noted(name);
const look = () => {
  const pill = document.querySelector('header a[href="#/sync"]')?.textContent ?? '';
  window.looked += 1;
  if (pill.includes('All sent') && unsent.size > 0) window.lied(`${pill} with ${unsent.size} unsent`);
};
addEventListener('DOMContentLoaded', () => new MutationObserver(() => requestAnimationFrame(look)).observe(document, { subtree: true, childList: true, characterData: true, attributes: true }));
const skew_ms = Number(localStorage.getItem('test.skew_ms') ?? 0);
if (skew_ms) {
  const Real = Date;
  window.Date = class extends Real {
    constructor(...asked) { super(...(asked.length ? asked : [Real.now() + skew_ms])); }
    static now() { return Real.now() + skew_ms; }
  };
}
"""
FORGET_THE_OFFSET = """() => new Promise((resolve) => {
  const opening = indexedDB.open('wardlight-device');
  opening.onsuccess = () => {
    const writing = opening.result.transaction('settings', 'readwrite');
    writing.objectStore('settings').delete('offset_ms');
    writing.oncomplete = () => resolve(opening.result.close());
  };
})"""
DOOR = "**/api/sync/entries"


# Not before the tablet had time to send what it was asked for.
TOLD_AFTER = timedelta(minutes=3)


@asynccontextmanager
async def at_the_server(ward: Server, ago: timedelta = timedelta(0)) -> AsyncIterator[Work]:
    """What the server does meanwhile, or did a while ago."""
    database = Database(ward.environment["DATABASE_URL"])
    await database.open()
    try:
        async with unit_of_work(database, SystemClock().now() - ago) as work:
            yield work
    finally:
        await database.close()


class Read:
    """The words of one screen."""

    def __init__(self, tablet: Tablet, url: str) -> None:
        self.tablet, self.page, self.url = tablet, tablet.page, url

    async def pill(self, words: str) -> None:
        """What the pill says, exactly, with any time of the day."""
        said = re.compile(r"^\s*" + re.escape(words).replace("TIME", r"\d\d:\d\d") + r"\s*$")
        await self.page.locator('header a[href="#/sync"]').filter(has_text=said).wait_for(timeout=15_000)

    async def tray(self, *sentences: str) -> None:
        for words in sentences:
            await self.page.locator("main").get_by_text(words).first.wait_for(timeout=10_000)


async def note(page: Page, text: str) -> None:
    """Written on the screen of the patient, and back to the tray."""
    await page.goto(re.sub("#.*", f"#/patients/{STAY}", page.url))
    await page.get_by_role("button", name="Task or note").click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("One line for everyone").fill(text)
    await sheet.get_by_role("button", name="Write the note").click()
    await sheet.wait_for(state="hidden")
    await page.goto(re.sub("#.*", "#/sync", page.url))


async def test_every_state_is_said_in_words_and_all_sent_is_never_said_of_something_unsent(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    carla = await tablet("carla")
    driven = await Driven.on(carla.context, ward.url, heart)
    device_id = await driven.log_in("Carla Cook")
    page, read = carla.page, Read(carla, ward.url)
    lies: list[str] = []

    async def lied(words: str) -> None:
        lies.append(words)

    await page.expose_function("lied", lied)
    await page.add_init_script(WATCH)
    await page.goto(f"{ward.url}/#/sync")
    await read.pill("All sent")
    await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    await driven.page.close()

    await carla.go_offline()
    await note(page, "offline")
    await read.pill("No network · 1 kept here")
    await carla.come_online()
    await read.pill("All sent · TIME")

    await held_back_and_refused(carla, read)
    await held(carla, read, heart)
    await wrong_clocks(carla, read)

    await never_arrived(ward, read, device_id)
    await restored(ward, read)

    async with at_the_server(ward) as work:
        await revoke_device(work, device_id)
    await note(page, "nobody knows me")
    await read.pill("Tablet not known · 1 kept here")
    await read.tray(
        "The server does not know this tablet", "Everything is kept here. Ask an administrator to pair it again."
    )
    assert await page.evaluate("() => looked") > 10
    assert lies == []
    await page.close()
    # The door's refusals are what was asked for.
    carla.complaints[:] = [
        each for each in carla.complaints if "Failed to load resource" not in each and "WebSocket" not in each
    ]


async def held_back_and_refused(carla: Tablet, read: Read) -> None:
    """Sending; a server that has no time; a portal that answers everything with a page of its own."""
    page = carla.page
    waiting: list[Route] = []

    async def held_back(route: Route) -> None:
        waiting.append(route)

    await page.route(DOOR, held_back)
    await note(page, "on its way")
    await read.pill("1 waiting · last sent TIME")
    await read.tray("sending now", "1 waiting to be sent")
    await waiting[0].continue_()
    await page.unroute(DOOR)
    await read.pill("All sent · TIME")

    async def busy(route: Route) -> None:
        await route.fulfill(status=503, headers={"retry-after": "30"}, json={"title": "busy"})

    async def portal(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to our network</h1>")

    await page.route(DOOR, busy)
    await note(page, "not now")
    await read.pill("Server busy · 1 kept here")
    await read.tray("The server can not take more now", "trying again in")
    await page.unroute(DOOR)
    await page.route(DOOR, portal)
    await page.get_by_role("button", name="Try now").click()
    await read.pill("No network · 1 kept here · sent TIME")
    await page.unroute(DOOR)
    await page.get_by_role("button", name="Try now").click()
    await read.pill("All sent · TIME")


async def held(carla: Tablet, read: Read, heart: str) -> None:
    """An entry that only a person can answer."""
    page = carla.page
    driven = await Driven.on(carla.context, read.url, heart)
    unknown: dict[str, Any] = {"stay_id": str(uuid4()), "note": "of nobody"}
    await driven.page.evaluate("(fields) => tablet.save('note_written', fields)", unknown)
    await driven.page.close()
    await read.pill("1 needs your answer")
    await read.tray(
        "The server does not know whom or what it is about", "Nothing is lost; it is kept until somebody answers."
    )
    await page.get_by_role("button", name="Not wanted…").click()
    await page.get_by_label("Why is it not wanted?").fill("of nobody")
    await page.get_by_role("button", name="Not wanted", exact=True).click()
    await read.pill("All sent · TIME")


async def wrong_clocks(carla: Tablet, read: Read) -> None:
    """Seven minutes fast; and a tablet that has never heard the time."""
    page = carla.page
    await page.evaluate(f"() => localStorage.setItem('test.skew_ms', '{FAST_MS}')")
    await page.reload()
    await read.tray("This tablet’s clock is 7 min fast", "Times are corrected.")
    await page.evaluate("() => localStorage.removeItem('test.skew_ms')")
    await page.evaluate(FORGET_THE_OFFSET)
    await carla.go_offline()
    await page.reload()
    await read.tray("The time of this tablet is unverified", "Look at a clock before you chart")
    await carla.come_online()
    await note(page, "the answer tells the time")
    await page.get_by_text("The time of this tablet is unverified").wait_for(state="detached", timeout=15_000)


async def never_arrived(ward: Server, read: Read, device_id: str) -> None:
    """A number that this tablet took, and that the server missed until who leads the unit has looked into it."""
    async with at_the_server(ward, TOLD_AFTER) as work:
        await note_gaps(work, device_id, UNIT, [Gap(1000, 1000)], {})
    await read.tray("1 record never arrived", "They were written on this tablet", "Check the charts of that time")
    await read.page.get_by_role("button", name="Checked: nothing is missing now").click()
    await read.page.get_by_text("1 record never arrived").wait_for(state="detached", timeout=10_000)
    await read.pill("All sent · TIME")


async def restored(ward: Server, read: Read) -> None:
    """The server came back from a backup: all that it had answered goes once more."""
    waiting: list[Route] = []

    async def held_back(route: Route) -> None:
        waiting.append(route)

    await read.page.route(DOOR, held_back)
    async with at_the_server(ward) as work:
        await begin_epoch(work, restored=True)
    await read.tray("The server was restored from a backup", "being sent again. Nothing is lost; leave this tablet on.")
    assert await read.page.locator("header").get_by_text("All sent").count() == 0
    await waiting[0].continue_()
    await read.page.unroute(DOOR)
    await read.pill("All sent · TIME")
    assert await read.page.get_by_text("The server was restored from a backup").count() == 0


async def test_a_device_that_promises_nothing_is_said_to_but_not_on_the_machine_of_a_developer(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    gateway = Gateway(ward.url)
    amy = await tablet("amy")
    await amy.page.goto(f"{ward.url}/#/sync")
    await amy.shows("On this tablet")
    assert await amy.page.get_by_text("may delete what is not sent").count() == 0
    await amy.page.goto(f"{gateway.url.replace('127.0.0.1', 'ward.localhost')}/#/sync")
    await amy.shows("This device may delete what is not sent")
    await amy.page.get_by_role("main").get_by_role("link", name="Settings").click()
    await amy.shows("The device may clear what is saved here")
    await amy.page.get_by_role("button", name="Ask it to keep them").click()
    await amy.shows("The device refused. Install the app, then ask again.")
    gateway.close()


async def test_an_ipads_tab_charts_nothing_without_a_network_and_says_what_to_do(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    ipad = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
    amy = await tablet("amy", anew=True, user_agent=ipad)
    driven = await Driven.on(amy.context, ward.url, heart)
    await driven.log_in("Amy Archer")
    await driven.note("with a network it charts")
    await driven.drained()
    await amy.page.goto(f"{ward.url}/#/sync")
    await amy.shows("Add Wardlight to the home screen of this iPad")
    await amy.page.goto(f"{ward.url}/#/patients/{STAY}")
    await amy.page.get_by_role("button", name="Task or note").click()
    await amy.go_offline()
    await driven.page.close()
    await Read(amy, ward.url).pill("No network · sent TIME")
    line = amy.page.get_by_label("One line for everyone")
    await line.fill("typed")
    await amy.page.get_by_role("button", name="Write the note").click()
    await amy.shows("Without a network nothing can be charted in a browser tab of an iPad")
    assert await line.input_value() == "typed"
