"""The check of the head nurse's board: what its visible text says is what the log says, on ten wards made by chance."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, Playwright

from backend.clock import SystemClock
from backend.postgres import EmbeddedPostgres
from backend.settings import settings_from
from tests.browser.board_wards import LABELS, PIN, BoardWard, live
from tests.browser.conftest import running_server
from tests.browser.inspection import DEEPER_THAN_THE_SCREEN, MISFITS, violations
from tests.browser.server import Server
from tests.browser.tablets import FLAGS, TABLET, chromium
from tests.conftest import migrated_database
from tests.tablet import Tablet

pytestmark = pytest.mark.browser

WARDS = [BoardWard(number, beds_taken=24 if number == 10 else 14 + number) for number in range(1, 11)]
VISIBLE = """() => ({
  needs: [...document.querySelectorAll('.board .left > section:first-child')].map((part) => part.innerText).join(),
  loads: [...document.querySelectorAll('.board .left > section:last-child li')].map((part) =>
    [part.querySelector('.name').innerText, part.querySelector('.bar').innerText]),
  beds: [...document.querySelectorAll('.board .right > section:last-child li')].map((part) => part.innerText),
})"""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """What a head nurse reads at a glance. Names and alerts that are equal are all right."""

    most_loaded: frozenset[str]
    oldest_alert: tuple[frozenset[str], int]
    first_clean_bed: str | None


NOTHING = Answer(frozenset(), (frozenset(), 0), None)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(postgres: EmbeddedPostgres, ward_home: Path, served_pwa: Path) -> AsyncIterator[Server]:
    """A server whose ten wards have a shift behind them."""
    assert served_pwa.is_dir()
    async with migrated_database(postgres) as name, running_server(postgres, name, ward_home) as running:
        running.stop()
        await live(settings_from(running.environment), WARDS, SystemClock().now())
        await running.start()
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def new_page(playwright: Playwright) -> AsyncIterator[Any]:
    """Opens a page with a profile of its own."""
    browser = await playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, "--no-sandbox"])

    async def opened() -> Page:
        context = await browser.new_context(
            viewport=TABLET, has_touch=True, locale="en-GB", timezone_id="Europe/London"
        )
        return await context.new_page()

    yield opened
    await browser.close()


async def pair(page: Page, server: Server, ward: BoardWard) -> None:
    await page.goto("about:blank")
    await page.goto(f"{server.url}/#pair={ward.code}")
    await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    await page.get_by_label("Name of this tablet").fill("Desk")
    await page.get_by_role("button", name="Pair").click()
    await page.get_by_role("button", name="Someone else").wait_for()


async def log_in(page: Page, ward: BoardWard) -> None:
    await page.get_by_role("button", name="Someone else").click()
    await page.get_by_role("dialog").get_by_role("button", name=f"Helen Head {ward.number}").click()
    for digit in PIN:
        await page.get_by_role("button", name=digit, exact=True).click()
    await page.get_by_role("navigation").get_by_role("link", name="Board").wait_for()


async def listener(server: Server, ward: BoardWard) -> Tablet:
    """A tablet of the ward that only reads the feed."""
    http = httpx.AsyncClient(base_url=server.url)
    reply = await http.post("/api/devices", json={"pairing_code": ward.code, "name": "Listener"})
    told = reply.json()
    http.headers["authorization"] = f"Bearer {told['device_token']}"
    http.cookies.clear()
    nobodys: Any = None
    return Tablet(nobodys, http, told["device_id"], told["device_token"], told["unit_id"])


def answer_of(tablet: Tablet, now: datetime) -> Answer:
    """The same three answers, from the rows of the feed and nothing of the board's."""
    beds = {bed.bed_id: bed.label for bed in tablet.rows("bed")}
    here = {stay.stay_id: stay for stay in tablet.rows("stay") if stay.departed_at is None}
    names = {staff.staff_id: staff.name for staff in tablet.rows("staff", "reference")}
    minutes: dict[str, int] = {}
    for task in tablet.rows("task"):
        if task.ended_at is not None or task.stay_id not in here:
            continue
        owner = task.owner_staff_id or here[task.stay_id].owner_staff_id
        times = 1 if task.due_at < now + HOUR else 0
        if task.interval_minutes:
            again = timedelta(minutes=task.interval_minutes)
            due_at = (task.due_at if task.slot_of else max(task.due_at, now)) + again
            while due_at < now + HOUR:
                times += due_at >= now
                due_at += again
        if owner:
            minutes[owner] = minutes.get(owner, 0) + times * task.standard_minutes
    most = max(minutes.values(), default=0)
    unanswered = [alert for alert in tablet.rows("alert") if alert.state.value in {"open", "snoozed"}]
    ages = [(int((now - alert.began_at).total_seconds() // 60), alert) for alert in unanswered]
    oldest = max((age for age, _ in ages), default=0)
    beds_of_oldest = frozenset(beds[here[alert.stay_id].bed_id] for age, alert in ages if age == oldest)
    taken = {beds[stay.bed_id] for stay in here.values() if stay.bed_id}
    marks = {row.bed_id: row for row in tablet.rows("bed_status")}
    taken |= {beds[bed_id] for bed_id, mark in marks.items() if mark.readiness.value != "clean"}
    for use in tablet.rows("bed_use"):
        mark = marks.get(use.bed_id)
        if use.freed_at and (mark is None or mark.marked_at < use.freed_at):
            taken.add(beds[use.bed_id])
    return Answer(
        most_loaded=frozenset(names[staff_id] for staff_id, load in minutes.items() if load == most),
        oldest_alert=(beds_of_oldest, oldest),
        first_clean_bed=next((label for label in LABELS if label not in taken), None),
    )


def minutes_of(text: str) -> int:
    """ "41 min", "3 h 39 min", "3 h": in minutes."""
    found = re.search(r"(?:(\d+) h)? ?(?:(\d+) min)?$", text.strip())
    assert found is not None
    return 60 * int(found[1] or 0) + int(found[2] or 0)


def read(visible: dict[str, Any]) -> Answer:
    """The three answers as a person reads them, without a tap."""
    loads = {name: int(bar.split()[0]) for name, bar in visible["loads"] if name != "Nobody"}
    ages = {
        (bed, minutes_of(age)) for bed, age in re.findall(r"\n(\d[A-D])\n+.*? · ([\d hmin]+) · step", visible["needs"])
    }
    more = re.search(r"the oldest: (\d[A-D]) (.*)", visible["needs"])
    ages |= {(more[1], minutes_of(more[2]))} if more else set()
    oldest = max((age for _, age in ages), default=0)
    free = [bed.split()[0] for bed in visible["beds"] if bed.split()[-1] == "free"]
    return Answer(
        most_loaded=frozenset(name for name, load in loads.items() if load == max(loads.values())),
        oldest_alert=(frozenset(bed for bed, age in ages if age == oldest), oldest),
        first_clean_bed=free[0] if free else None,
    )


def fits(said: Answer, log: Answer) -> bool:
    """Beds of equally old alerts may hide behind the number of more."""
    return (
        said.most_loaded == log.most_loaded
        and said.oldest_alert[1] == log.oldest_alert[1]
        and said.oldest_alert[0] <= log.oldest_alert[0]
        and bool(said.oldest_alert[0]) == bool(log.oldest_alert[0])
        and said.first_clean_bed == log.first_clean_bed
    )


@pytest.mark.parametrize("ward", WARDS, ids=lambda ward: f"ward {ward.number}")
async def test_the_board_says_what_the_log_says(server: Server, new_page: Any, ward: BoardWard) -> None:
    page = await new_page()
    await pair(page, server, ward)
    await log_in(page, ward)
    await page.goto(f"{server.url}/#/board")
    await page.locator(".board").wait_for()
    tablet = await listener(server, ward)
    said, logs = NOTHING, []
    # The board takes up what is new at its ticks: the picture is of one of the last seconds.
    for _ in range(20):
        await tablet.pull()
        now = SystemClock().now()
        logs = [answer_of(tablet, now - timedelta(seconds=seconds)) for seconds in range(7)]
        said = read(await page.evaluate(VISIBLE))
        if any(fits(said, log) for log in logs):
            break
        await page.wait_for_timeout(500)
    assert any(fits(said, log) for log in logs), (said, logs[0])
    assert await page.evaluate(DEEPER_THAN_THE_SCREEN) <= 0
    assert await page.evaluate(MISFITS) == []
    assert await violations(page, with_colours=ward.number == 1) == []
    await tablet.http.aclose()
    await page.context.close()


async def test_the_wall_needs_a_paired_screen_names_no_patient_and_has_no_buttons(
    server: Server, new_page: Any
) -> None:
    page = await new_page()
    await page.set_viewport_size({"width": 1920, "height": 1080})
    await page.goto(f"{server.url}/#/wall")
    await page.get_by_text("not paired").wait_for()
    await pair(page, server, WARDS[0])
    await page.goto(f"{server.url}/#/wall")
    await page.locator(".wall").wait_for()
    assert await page.locator(".wall :is(a, button)").count() == 0
    tablet = await listener(server, WARDS[0])
    await tablet.pull()
    shown = await page.locator(".wall").inner_text()
    assert [row.name for row in tablet.rows("patient") if row.name in shown] == []
    assert {bed.label for bed in tablet.rows("bed")} <= set(shown.split())
    assert await page.evaluate(DEEPER_THAN_THE_SCREEN) <= 0
    assert await page.evaluate(MISFITS) == []
    assert await violations(page, with_colours=True) == []
    await tablet.http.aclose()
    await page.context.close()


async def test_who_leads_sends_an_alert_and_moves_a_patient_without_a_network_too(
    server: Server, new_page: Any
) -> None:
    ward = WARDS[1]
    page = await new_page()
    await pair(page, server, ward)
    await log_in(page, ward)
    await page.goto(f"{server.url}/#/board")
    await page.locator(".board").wait_for()
    tablet = await listener(server, ward)

    await page.get_by_role("button", name="Send to…").first.click()
    to = page.locator("dialog[open] li button:not([aria-disabled])").first
    name = await to.locator("strong").first.inner_text()
    assert await page.evaluate(MISFITS) == []
    assert await violations(page, with_colours=True) == []
    await to.click()
    await page.locator("dialog[open]").wait_for(state="hidden")
    await said_by_feed(tablet, "alert", lambda row: any(step.sent_by_staff_id == ward.head_id for step in row.steps))
    await page.locator(".board .left > section:first-child").get_by_text(name).first.wait_for()

    giver = page.locator(".board .left > section:last-child li button", has_text="patients").first
    await giver.click()
    await page.locator("dialog[open]").get_by_role("button", name="Move…").first.click()
    receiver = page.locator("dialog[open] li button").first
    await receiver.get_by_text("→").first.wait_for()
    assert await page.evaluate(MISFITS) == []
    assert await violations(page, with_colours=True) == []
    await page.context.set_offline(True)
    await receiver.click()
    await page.locator("dialog[open]").wait_for(state="hidden")
    await page.context.set_offline(False)
    await said_by_feed(tablet, "stay", lambda row: row.assigned_by_staff_id == ward.head_id)
    await tablet.http.aclose()
    await page.context.close()


async def said_by_feed(tablet: Tablet, type_name: str, is_so: Callable[[Any], bool]) -> None:
    """Waits until a row of the unit's feed says it."""
    for _ in range(200):
        await tablet.pull()
        if any(is_so(row) for row in tablet.rows(type_name)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"no row of {type_name} said so")
