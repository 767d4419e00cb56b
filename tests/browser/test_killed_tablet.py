"""A tablet whose battery dies in the middle of something: what it said was kept is kept, and nothing comes twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Playwright, Route

from tests.browser.driven import Driven, arrived
from tests.browser.server import Server
from tests.browser.tablets import Tablet, kill, open_tablet

pytestmark = pytest.mark.browser
KILLED_AFTER_MS = [0, 12, 50]
# Calls `dead` when the rows of the ward are first written down, and keeps the page from writing anything after that.
DIES_AT_THE_FIRST_WRITE = """
const open = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...asked) {
  const transaction = open.apply(this, asked);
  if (this.name === 'wardlight-projection' && transaction.mode === 'readwrite')
    transaction.addEventListener('complete', () => {
      window.dead();
      for (const until = Date.now() + 5000; Date.now() < until; );
    });
  return transaction;
};
"""

# A slow disk: what the outbox is given is complete only well after the last answer to a request.
COMPLETES_LATE = """
const open = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...asked) {
  const transaction = open.apply(this, asked);
  if (this.name === 'wardlight-outbox' && transaction.mode === 'readwrite') {
    const store = transaction.objectStore(transaction.objectStoreNames[0]);
    const until = performance.now() + 700;
    const again = () => {
      if (performance.now() < until) store.count().onsuccess = again;
    };
    again();
  }
  return transaction;
};
"""


async def opened(playwright: Playwright, profile: Path, ward: Server, heart: str) -> tuple[Tablet, Driven]:
    tablet = await open_tablet(playwright, profile)
    return tablet, await Driven.on(tablet.context, ward.url, heart, tablet.page)


async def paired(playwright: Playwright, profile: Path, ward: Server, heart: str) -> str:
    """A profile with Amy logged in, written down: the tablet was paired before today. The id of its device."""
    tablet, driven = await opened(playwright, profile, ward, heart)
    device_id = await driven.log_in("Amy Archer")
    await tablet.context.close()
    return device_id


async def test_killed_in_the_middle_of_a_save_what_was_called_saved_is_there_and_the_numbers_are_dense(
    ward: Server, playwright: Playwright, heart: str, tmp_path: Path
) -> None:
    profile = tmp_path / "amy"
    device_id = await paired(playwright, profile, ward, heart)
    told: list[str] = []
    for delay_ms in KILLED_AFTER_MS:
        tablet = await open_tablet(playwright, profile)
        await tablet.page.add_init_script(COMPLETES_LATE)
        driven = await Driven.on(tablet.context, ward.url, heart, tablet.page)
        first = asyncio.Event()

        async def tell(entry_id: str, heard: asyncio.Event = first) -> None:
            told.append(entry_id)
            heard.set()

        await driven.page.expose_function("told", tell)
        await tablet.go_offline()
        saving = asyncio.create_task(driven.note(*(f"{delay_ms} ms, {place}" for place in range(500))))
        await first.wait()
        await asyncio.sleep(delay_ms / 1000)
        await kill(profile)
        await asyncio.gather(saving, return_exceptions=True)
    tablet, driven = await opened(playwright, profile, ward, heart)
    await driven.drained()
    entries = await arrived(ward, device_id)
    assert [n for n, _, _ in entries] == list(range(1, len(entries) + 1))
    assert set(told) - {entry_id for _, entry_id, _ in entries} == set()
    [last] = await driven.note("one more")
    await driven.drained()
    assert (await arrived(ward, device_id))[-1][:2] == (len(entries) + 1, last)
    await tablet.context.close()


async def test_killed_between_the_servers_commit_and_its_answer_an_entry_is_sent_again_and_stored_once(
    ward: Server, playwright: Playwright, heart: str, tmp_path: Path
) -> None:
    profile = tmp_path / "amy"
    device_id = await paired(playwright, profile, ward, heart)
    tablet, driven = await opened(playwright, profile, ward, heart)
    committed = asyncio.Event()

    async def hold_the_answer_back(route: Route) -> None:
        await route.fetch()
        committed.set()

    await tablet.context.route("**/api/sync/entries", hold_the_answer_back)
    ids = await driven.note("one", "two", "three")
    await asyncio.wait_for(committed.wait(), 10)
    assert await arrived(ward, device_id) != []
    await kill(profile)
    again, driven = await opened(playwright, profile, ward, heart)
    await driven.drained()
    entries = await arrived(ward, device_id)
    assert [(n, entry_id) for n, entry_id, _ in entries] == [(place + 1, each) for place, each in enumerate(ids)]
    sent: list[dict[str, Any]] = (await driven.kept())["sent"]
    assert {one["entry_id"] for one in sent} == set(ids)
    assert "duplicate" in {one["verdict"] for one in sent}
    await again.context.close()


async def rows_in_storage(driven: Driven) -> dict[str, int]:
    """How many rows each feed has that has a cursor; those of tablets come and go."""
    counted = """async () => [...await tablet.readProjection()].map(
      ([feed, { rows }]) => [feed, [...rows.values()].filter(({ type }) => type !== 'tablet').length])"""
    return dict(await driven.page.evaluate(counted))


async def complete(driven: Driven) -> dict[str, int]:
    """The feeds' rows once all three are there."""
    for _ in range(100):
        rows = await rows_in_storage(driven)
        if len(rows) == 3:
            return rows
        await asyncio.sleep(0.1)
    raise AssertionError("not all feeds came")


async def test_killed_in_the_middle_of_a_snapshot_no_feed_is_half_there_and_all_come(
    ward: Server, playwright: Playwright, heart: str, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    await paired(playwright, whole, ward, heart)
    tablet, driven = await opened(playwright, whole, ward, heart)
    expected = await complete(driven)
    await tablet.context.close()
    assert max(expected.values()) > 150  # more than the first chunk

    profile = tmp_path / "amy"
    tablet = await open_tablet(playwright, profile)
    between = asyncio.Event()

    async def hold_the_second_chunk_back(route: Route) -> None:
        if "chunk=0" in route.request.url:
            await route.continue_()
        else:
            between.set()

    await tablet.context.route("**/api/sync/snapshot/**", hold_the_second_chunk_back)
    driven = await Driven.on(tablet.context, ward.url, heart, tablet.page)
    await driven.log_in("Amy Archer")
    await asyncio.wait_for(between.wait(), 10)
    await tablet.page.wait_for_timeout(300)
    half = await rows_in_storage(driven)
    assert {feed: rows for feed, rows in half.items() if expected.get(feed, rows) != rows} == {}
    assert not [feed for feed in half if feed.startswith("unit:")]
    await tablet.context.close()

    tablet = await open_tablet(playwright, profile)
    dead = asyncio.Event()
    await tablet.page.expose_function("dead", dead.set)
    await tablet.page.add_init_script(DIES_AT_THE_FIRST_WRITE)
    starting = asyncio.create_task(Driven.on(tablet.context, ward.url, heart, tablet.page))
    await asyncio.wait_for(dead.wait(), 10)
    await kill(profile)
    await asyncio.gather(starting, return_exceptions=True)

    tablet = await open_tablet(playwright, profile)
    await tablet.context.route("**/api/**", lambda route: route.abort())
    driven = await Driven.on(tablet.context, ward.url, heart, tablet.page)
    stored = await rows_in_storage(driven)
    assert stored != {}
    assert {feed: rows for feed, rows in stored.items() if expected[feed] != rows} == {}
    await tablet.context.unroute("**/api/**")
    await driven.page.reload()
    await driven.page.evaluate("() => tablet.startTablet()")
    assert await complete(driven) == expected
    await tablet.context.close()
