"""Every screen of a ward at work: by day and night, in four languages, on tablets and phones."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page

from backend.postgres import EmbeddedPostgres
from backend.settings import PROJECT_ROOT
from tests.browser.conftest import OpenTablet, running_server
from tests.browser.hospital import PEOPLE
from tests.browser.seeded_ward import PATIENTS, UNWELL, SeededWard, seeded
from tests.browser.server import Server
from tests.browser.story import Nurse
from tests.browser.walk import LOOKS, Screen, Walk
from tests.conftest import migrated_database

pytestmark = pytest.mark.browser

NAMES = {part for name in PEOPLE for part in name.split()} | {
    part for patient in PATIENTS.values() for part in re.findall(r"[A-Za-z]{3,}", patient.name)
}
TWO_LINES_PX = 76
# What a screen says when there is nothing to show; while rows load it is a lie.
CATALOGUE = json.loads((PROJECT_ROOT / "shared_schemas" / "locales" / "en.json").read_text())
EMPTY = {
    CATALOGUE[room][name]
    for room, name in (
        ("shift", "no_patients"),
        ("shift", "beds_empty"),
        ("shift", "nothing_due"),
        ("ward", "no_beds"),
        ("patient", "not_here"),
        ("alert", "gone"),
        ("task", "gone"),
        ("vitals", "never_charted"),
    )
}
REMEMBER_EVERYTHING_SHOWN = """window.shown = [];
new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of [change.target, ...change.addedNodes]) {
      const walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      for (let text = node.nodeType === Node.TEXT_NODE ? node : walk.nextNode(); text; text = walk.nextNode())
        window.shown.push(text.textContent.trim());
    }
}).observe(document, { subtree: true, childList: true, characterData: true });"""


async def fill(page: Page) -> None:
    """A whole red set, by the keyboard."""
    await page.keyboard.type("2493")
    await page.locator(".row").nth(2).locator("button").first.click()
    await page.keyboard.type("88131")
    await page.locator(".row").nth(5).locator("button").nth(1).click()
    await page.keyboard.type("384")


async def doubt(page: Page) -> None:
    """A pressure that is asked about."""
    await page.locator(".row .field").nth(2).click()
    await page.keyboard.type("240")


def screens_of(ward: SeededWard) -> list[Screen]:
    """Where a nurse goes while the network is there."""
    calm, filled, red = (f"/patients/{ward.stays[bed]}" for bed in ("1A", "1B", "2A"))
    return [
        Screen("shift", "/shift", ".shift"),
        Screen("ward", "/ward", ".ward .cell.empty"),
        Screen("beds", "/beds", ".map [data-bed]"),
        Screen("beds chosen", "/beds", ".map [data-bed]", choose_free_bed),
        Screen("beds patient", "/beds", ".map [data-bed]", choose_another_bed),
        Screen("patient", red, ".patient .side", at_hand=".patient .actions button"),
        Screen("interval", calm, ".patient .side", set_interval),
        Screen("decisions", filled, ".patient .side", say_why),
        Screen("recurring care", filled, ".patient .side", stop_care),
        Screen("handover", "/handover", ".handover li"),
        Screen("charting empty", f"{calm}/chart", ".charting", at_hand=".row.active, .key"),
        Screen("charting filled", f"{filled}/chart", ".charting", fill, ".monitor"),
        Screen("charting doubtful", f"{red}/chart", ".charting", doubt, ".row.doubtful"),
        Screen("saved", f"{red}/saved/{ward.set_id}", "section[role=status] .kept"),
        Screen("alerts", "/alerts", ".alerts li"),
        Screen("alert red", f"/alerts/{ward.red_id}", "article.red", at_hand=".going button"),
        Screen("task", f"/tasks/{ward.task_id}", ".task .answers"),
        Screen("task response", f"/tasks/{ward.response_id}", ".task .answers"),
        Screen("duty", "/duty", ".cards"),
        Screen("duty form", "/duty", ".cards, .form", change_duty),
        Screen("board", "/board", ".board .parts"),
        Screen("settings", "/settings", ".cards"),
    ]


async def set_interval(page: Page) -> None:
    """A longer one than the score asks for, which needs a reason."""
    await page.locator(".side .actions button").first.click()
    await page.locator("dialog[open] .list button").nth(1).click()
    await page.locator("dialog[open] .choices button").last.click()


async def say_why(page: Page) -> None:
    """Who decided how this patient is observed, and why."""
    await page.locator(".side summary").click()


async def choose_free_bed(page: Page) -> None:
    """The last bed, in which nobody lies; on a phone it comes up over the map."""
    await page.locator("[data-bed]").last.click()
    await page.locator("form, .panel button").first.wait_for()


async def choose_another_bed(page: Page) -> None:
    """All beds that a patient could move to."""
    await page.locator("[data-bed]").first.click()
    await page.locator(".panel button:not(dialog button)").first.click()
    await page.locator("dialog[open] h3").first.wait_for()


async def stop_care(page: Page) -> None:
    await page.locator(".side section", has=page.locator("button")).locator("li:not(:has(a)) button").first.click()
    await page.locator("dialog[open] form").wait_for()


async def choose_first(page: Page) -> None:
    await page.locator(".tiles button").first.click()


async def change_duty(page: Page) -> None:
    await page.locator(".cards button").first.click()
    await page.locator(".form .bay").first.wait_for()


async def logged_in(server: Server, tablet: OpenTablet) -> tuple[Nurse, Walk]:
    """Amy's paired tablet at the log-in, examined before she logs in."""
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    await amy.pair()
    await amy.page.locator(".log-in .tiles button").first.wait_for()
    walk = Walk(amy.page, server.url, NAMES)
    for look in LOOKS:
        await walk.wear(*look)
        await walk.look_at(Screen("log-in", "", ".log-in .tiles button", choose_first))
    await walk.wear("en", "day")
    await amy.log_in()
    await amy.page.locator(".shift").wait_for()
    return amy, walk


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(postgres: EmbeddedPostgres, ward_home: Path, served_pwa: Path) -> AsyncIterator[Server]:
    """One server for all tests here: it takes longer to start than most of them."""
    assert served_pwa.is_dir()
    async with migrated_database(postgres) as name, running_server(postgres, name, ward_home) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ward(server: Server) -> AsyncIterator[SeededWard]:
    """The ward before the browser comes; Amy is on duty already."""
    async with seeded(server) as seeded_ward:
        yield seeded_ward


@pytest.mark.slow(85)
async def test_every_screen_is_whole_in_every_look(server: Server, ward: SeededWard, tablet: OpenTablet) -> None:
    amy, walk = await logged_in(server, tablet)
    for look in LOOKS:
        await walk.wear(*look)
        for screen in screens_of(ward):
            await walk.look_at(screen)
    await look_when_asked(walk, ward)
    await look_offline(walk, ward, amy)
    await look_at_silence(walk, amy)
    assert walk.wrong == [], "\n".join(walk.wrong)


async def look_when_asked(walk: Walk, ward: SeededWard) -> None:
    """An amber notice on screens of both frames, then a red one over all."""
    await walk.wear("en", "day")
    await ward.plan("1A", "혈액 배양", -120)
    await walk.look_at(Screen("shift and notice", "/shift", "section.notice"))
    await walk.look_at(Screen("patient and notice", f"/patients/{ward.stays['1A']}", "section.notice"))
    await ward.chart("1A", UNWELL, 0)
    for look in LOOKS[1:]:
        await walk.wear(*look)
        await walk.look_at(Screen("asked red", "/shift", "dialog[open] article.red", at_hand="dialog .going button"))
    await walk.page.locator("dialog[open] .going button").click()
    await walk.page.locator("dialog[open]").wait_for(state="hidden")


async def look_offline(walk: Walk, ward: SeededWard, amy: Nurse) -> None:
    """What waits on the tablet: in the tray, and on the screen after saving a red score that nobody has heard of."""
    await walk.wear("en", "day")
    await amy.tablet.go_offline()
    await amy.open(f"patients/{ward.stays['1B']}/chart")
    await amy.page.locator(".monitor").wait_for()
    await amy.page.locator(".save button").click()
    await amy.page.wait_for_url(re.compile("/saved/"))
    saved = amy.page.url.partition("#")[2]
    for look in LOOKS:
        await walk.wear(*look)
        await walk.look_at(Screen("saved unheard", saved, "a[href^=tel], main strong"))
        await walk.look_at(Screen("tray", "/sync", ".tray li"))


async def look_at_silence(walk: Walk, amy: Nurse) -> None:
    """The network is back: the tray tells of Carla's tablet, which has been silent for minutes."""
    await amy.tablet.come_online()
    for look in LOOKS:
        await walk.wear(*look)
        await walk.look_at(Screen("silent tablet", "/sync", ".tray .way"))


@pytest.mark.slow(10)
async def test_the_wall_is_whole_in_every_look(server: Server, ward: SeededWard, tablet: OpenTablet) -> None:
    """A screen that is paired and on which nobody has signed in."""
    paired = Nurse(await tablet("wall"), server, "Nobody")
    await paired.pair()
    await paired.page.locator(".log-in").wait_for()
    walk = Walk(paired.page, server.url, NAMES)
    for look in LOOKS:
        await walk.wear(*look)
        await walk.look_at(Screen("wall", "/wall", ".wall .parts", on_wall=True))
    assert walk.wrong == [], "\n".join(walk.wrong)


async def test_what_was_decided_takes_two_lines_until_somebody_asks_why(
    server: Server, ward: SeededWard, tablet: OpenTablet
) -> None:
    # Carla is not on duty: no red that climbs meanwhile can stand before the card.
    carla = Nurse(await tablet("carla"), server, "Carla Cook")
    await carla.pair()
    await carla.log_in()
    await carla.open(f"patients/{ward.stays['1B']}")
    card = carla.page.locator(".side section", has_text="Decided")
    await card.get_by_text("A set every 60 min").first.wait_for()
    box = await card.bounding_box()
    assert box is not None
    assert box["height"] <= TWO_LINES_PX

    await card.locator("summary").click()
    await card.get_by_text("Bea Baker").wait_for()
    await card.get_by_text("어지러움").wait_for()


async def test_the_app_can_be_installed(server: Server, tablet: OpenTablet) -> None:
    page = (await tablet("amy")).page
    await page.goto(server.url)
    await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    session = await page.context.new_cdp_session(page)
    found = await session.send("Page.getInstallabilityErrors")
    assert found["installabilityErrors"] == []


async def test_my_shift_opens_offline_and_never_flashes_empty(
    server: Server, ward: SeededWard, tablet: OpenTablet
) -> None:
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    await amy.pair()
    await amy.log_in()
    await amy.tablet.shows("혈액 검사")
    await amy.page.add_init_script(REMEMBER_EVERYTHING_SHOWN)
    await amy.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    for address, wanted in (
        ("shift", "혈액 검사"),
        ("ward", "Ruth Abara"),
        (f"patients/{ward.stays['2A']}", "Respond to the score"),
        (f"patients/{ward.stays['2A']}/chart", "Respiration"),
        (f"alerts/{ward.red_id}", "nobody has answered"),
        (f"tasks/{ward.task_id}", "혈액 검사"),
        ("duty", "On duty since"),
    ):
        await amy.open(address)
        await amy.tablet.shows(wanted)
        await amy.tablet.go_offline()
        await amy.page.reload()
        await amy.tablet.shows(wanted)
        flashed = set(await amy.page.evaluate("() => window.shown")) & EMPTY
        assert flashed == set(), address
        await amy.tablet.come_online()
