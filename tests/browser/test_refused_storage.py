"""A device that keeps nothing, has no room, loses the connection, or damages what it keeps: the app says so and loses nothing."""

import asyncio

import pytest
from playwright.async_api import Error

from tests.browser.conftest import OpenTablet
from tests.browser.driven import NO_APP, STAY, Driven, arrived
from tests.browser.driven import SETS as SETS_OF_THE_WARD
from tests.browser.server import Server

pytestmark = pytest.mark.browser
REFUSE = "IDBFactory.prototype.open = () => { throw new DOMException('No.', 'SecurityError'); };"
KEEP_CONNECTIONS = """
window.connections = [];
const open = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...asked) {
  if (!connections.includes(this)) connections.push(this);
  return open.apply(this, asked);
};
"""
FLIP_A_BIT = """async () => {
  const opening = indexedDB.open('wardlight-projection');
  const database = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
  const writing = database.transaction('pages', 'readwrite');
  const pages = writing.objectStore('pages');
  const reading = pages.getAll();
  reading.onsuccess = () => {
    const page = reading.result.find(({ feed }) => feed.startsWith('unit:'));
    const text = new TextDecoder().decode(page.bytes);
    // A pulse of 88 becomes one of 98: it can be read, and is wrong.
    page.bytes[page.bytes.length - 1 - [...text].reverse().join('').indexOf('8')] ^= 1;
    pages.put(page);
  };
  await new Promise((resolve) => (writing.oncomplete = resolve));
  database.close();
}"""


async def test_a_device_that_keeps_nothing_is_told_so_and_nothing_can_be_charted(
    ward: Server, tablet: OpenTablet
) -> None:
    amy = await tablet("amy", anew=True)
    await amy.page.add_init_script(REFUSE)
    await amy.page.goto(ward.url)
    await amy.shows("This device keeps nothing for Wardlight")
    await amy.shows("Nothing can be charted here")
    for words in ("All sent", "aved on this tablet", "Name of this tablet"):
        assert await amy.page.get_by_text(words).count() == 0
    assert [complaint for complaint in amy.complaints if "No." not in complaint] == []
    amy.complaints.clear()


async def test_a_connection_that_the_device_dropped_is_opened_again_and_the_save_is_kept(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy", anew=True)
    await amy.page.add_init_script(KEEP_CONNECTIONS)
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    device_id = await driven.log_in("Amy Archer")
    closed = await driven.page.evaluate("() => connections.map((one) => (one.close(), one.name))")
    assert "wardlight-outbox" in closed
    [entry_id] = await driven.note("after a sleep")
    await driven.drained()
    assert [each for _, each, _ in await arrived(ward, device_id)] == [entry_id]


FEEDS = "async () => (await tablet.readProjection()).size"
SETS = """async () => [...await tablet.readProjection()].flatMap(([, { rows }]) => [...rows.values()])
  .filter(({ type }) => type === 'vital_signs').map(({ id, row }) => [id, row.values.pulse_per_min])"""


async def whole(driven: Driven) -> list[tuple[str, int]]:
    """The pulses of the patient, once all three feeds are there."""
    for _ in range(100):
        if await driven.page.evaluate(FEEDS) == 3:
            break
        await asyncio.sleep(0.1)
    return sorted(await driven.page.evaluate(SETS))


async def test_a_damaged_page_is_fetched_again_and_all_else_works(ward: Server, tablet: OpenTablet, heart: str) -> None:
    amy = await tablet("amy", anew=True)
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    device_id = await driven.log_in("Amy Archer")
    before = await whole(driven)
    assert len(before) == SETS_OF_THE_WARD
    other = await amy.context.new_page()
    await other.goto(f"{ward.url}{NO_APP}")
    await amy.page.close()
    await other.evaluate(FLIP_A_BIT)
    reported: list[str] = []
    other.on("pageerror", lambda error: reported.append(str(error)))
    again = await Driven.on(amy.context, ward.url, heart, other)
    assert any("damaged" in each for each in reported)
    [entry_id] = await again.note("all else works")
    await again.drained()
    assert [each for _, each, _ in await arrived(ward, device_id)] == [entry_id]
    assert await whole(again) == before


async def test_a_full_device_gives_up_rows_before_an_entry_and_then_says_that_it_is_not_saved(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy", anew=True)
    cdp = await amy.context.new_cdp_session(amy.page)
    await cdp.send("Storage.overrideQuotaForOrigin", {"origin": ward.url, "quotaSize": 600_000})
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    await driven.log_in("Amy Archer")
    await whole(driven)
    page = await amy.context.new_page()
    await page.goto(f"{ward.url}/#/patients/{STAY}")
    await page.get_by_role("button", name="Task or note").wait_for()
    told: list[str] = []

    async def tell(entry_id: str) -> None:
        told.append(entry_id)

    await amy.page.expose_function("told", tell)
    await amy.go_offline()
    with pytest.raises(Error, match="Quota"):
        await driven.note(*["x" * 200] * 2000)
    assert await driven.page.evaluate(FEEDS) == 0
    kept = await driven.kept()
    assert [one["entry_id"] for one in kept["waiting"]] == told
    assert [one["n"] for one in kept["waiting"]] == list(range(1, len(told) + 1))

    await page.get_by_role("button", name="Task or note").click()
    sheet = page.get_by_role("dialog")
    line = sheet.get_by_label("One line for everyone")
    await line.fill("y" * 200)
    await sheet.get_by_role("button", name="Write the note").click()
    await sheet.get_by_text("This could not be saved on this tablet").wait_for()
    assert await line.input_value() == "y" * 200
    assert len((await driven.kept())["waiting"]) == len(told)

    await cdp.send("Storage.overrideQuotaForOrigin", {"origin": ward.url})
    await sheet.get_by_role("button", name="Write the note").click()
    await sheet.wait_for(state="hidden")
    assert await page.get_by_text("This could not be saved").count() == 0
    assert len((await driven.kept())["waiting"]) == len(told) + 1


async def test_a_device_that_clears_all_while_the_app_is_open_keeps_and_sends_what_is_charted_after_it(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy", anew=True)
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    device_id = await driven.log_in("Amy Archer")
    before = await driven.note("one", "two")
    await driven.drained()
    cdp = await amy.context.new_cdp_session(amy.page)
    await cdp.send("Storage.clearDataForOrigin", {"origin": ward.url, "storageTypes": "indexeddb,cache_storage"})
    after = await driven.note("three", "four")
    await driven.drained()
    assert [(n, each) for n, each, _ in await arrived(ward, device_id)] == list(enumerate([*before, *after], 1))
    # The next start finds no tablet here, and asks to be paired: nothing of what was kept is half there.
    await amy.page.goto(ward.url)
    await amy.shows("Name of this tablet")
