"""What a tablet keeps when a connection to its storage breaks, a clock jumps, a tablet is paired anew, or nothing can be sent."""

import asyncio

import pytest
from playwright.async_api import Route

from tests.browser.conftest import OpenTablet
from tests.browser.driven import NO_APP, STAY, Driven, arrived
from tests.browser.server import Server

pytestmark = pytest.mark.browser
ENTRIES = "**/api/sync/entries"
# WebKit's words when its process for storage has ended: the write is on the disk, and the tab hears that it failed once `heard` is called.
LOST_AFTER_THE_NEXT_SAVE = """
() => {
  const open = IDBDatabase.prototype.transaction;
  const why = new DOMException('Connection to Indexed Database server lost. Refresh the page to try again', 'UnknownError');
  IDBDatabase.prototype.transaction = function (stores, mode, ...asked) {
    const transaction = open.call(this, stores, mode, ...asked);
    if (this.name !== 'wardlight-outbox' || mode !== 'readwrite' || !stores.includes('counter')) return transaction;
    IDBDatabase.prototype.transaction = open;
    const listen = transaction.addEventListener;
    transaction.addEventListener = function (event, listener) {
      if (event !== 'complete') return listen.call(this, event, listener);
    };
    Object.defineProperty(transaction, 'error', { value: why });
    listen.call(transaction, 'complete', () => {
      window.written = true;
      window.heard = () => transaction.dispatchEvent(new Event('abort'));
    });
    return transaction;
  };
}"""
REFUSING = """() => {
  window.put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...asked) {
    if (this.name === 'device') throw new Error('full');
    return put.apply(this, asked);
  };
}"""
# As an iPad does with an app that sleeps; the next use of the connection is refused.
CLOSED_BEFORE_THE_NEXT_USE = """() => {
  const open = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...asked) {
    IDBDatabase.prototype.transaction = open;
    this.close();
    return open.apply(this, asked);
  };
}"""
DAYS_LATER = "(days) => { const now = Date.now; Date.now = () => now.call(Date) + days * 86_400_000; }"
NOTE = {"stay_id": STAY, "note": "needs another"}
FLUSHED = """() => Promise.race([
  tablet.flush().then(() => 'done', () => 'waits'),
  new Promise((end) => setTimeout(() => end('never ends'), 5000)),
])"""
FIRST_IS_HELD_HERE = """() => new Promise((done) => {
  const opening = indexedDB.open('wardlight-outbox');
  opening.onsuccess = () => {
    const writing = opening.result.transaction(['entries', 'held'], 'readwrite', { durability: 'strict' });
    writing.objectStore('entries').get(1).onsuccess = ({ target }) => {
      writing.objectStore('entries').delete(1);
      writing.objectStore('held').put({ ...target.result, reason: 'not_taken', detail: '', local: true, held_at: 0 });
    };
    writing.oncomplete = () => { opening.result.close(); done(); };
  };
})"""


async def test_an_entry_whose_write_seemed_lost_and_that_another_tab_has_sent_meanwhile_keeps_its_one_number(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    first = await Driven.on(amy.context, ward.url, heart, amy.page)
    device_id = await first.log_in("Amy Archer")
    second = await Driven.on(amy.context, ward.url, heart)
    await first.note("before")
    await first.drained()
    await first.page.evaluate(LOST_AFTER_THE_NEXT_SAVE)
    saving = asyncio.create_task(first.note("once"))
    async with asyncio.timeout(5):
        while not await first.page.evaluate("() => window.written"):
            await asyncio.sleep(0.02)
    await second.page.evaluate("() => tablet.flush()")
    assert len(await arrived(ward, device_id)) == 2
    await first.page.evaluate("() => heard()")
    [entry_id] = await saving
    await first.note("after")
    await first.drained()
    assert [n for n, _, _ in await arrived(ward, device_id)] == [1, 2, 3]
    assert (await arrived(ward, device_id))[1][1] == entry_id
    assert [one["n"] for one in (await first.kept())["sent"]] == [3, 2, 1]


async def test_what_was_sent_stays_for_a_week_of_the_server_however_far_the_tablets_clock_jumps(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    await driven.log_in("Amy Archer")
    before = await driven.note("today")
    await driven.drained()
    await driven.page.evaluate(DAYS_LATER, 8)
    after = await driven.note("by a wrong clock eight days later")
    await driven.drained()
    assert [one["entry_id"] for one in (await driven.kept())["sent"]] == [*after, *before]


async def test_a_tablet_that_is_paired_anew_uses_no_number_twice_even_if_it_could_not_keep_what_it_is_now(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    first_id = await driven.log_in("Amy Archer")
    await amy.page.route(ENTRIES, lambda route: route.abort("internetdisconnected"))
    await driven.note("one", "two")
    await driven.page.evaluate(REFUSING)
    with pytest.raises(Exception, match="full"):
        await driven.log_in("Amy Archer")
    await driven.page.evaluate("() => { IDBObjectStore.prototype.put = put; }")
    await driven.note("three")
    second_id = await driven.log_in("Bea Baker")
    await driven.note("four", "five")
    waiting = (await driven.kept())["waiting"]
    assert [one["place"] for one in waiting] == [1, 2, 3, 4, 5]
    assert [(one["device_id"], one["n"]) for one in waiting] == [
        *((first_id, n) for n in (1, 2, 3)),
        *((second_id, n) for n in (1, 2)),
    ]


async def test_a_batch_says_the_last_number_of_this_tablet_and_not_a_place_in_its_outbox(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    await driven.log_in("Amy Archer")
    await driven.note("one", "two", "three")
    await driven.drained()
    await driven.log_in("Bea Baker")
    said: list[int] = []

    async def read(route: Route) -> None:
        said.append((route.request.post_data_json or {})["max_n"])
        await route.continue_()

    await amy.page.route(ENTRIES, read)
    await driven.note("four")
    await driven.drained()
    assert said == [1]


async def test_sending_by_the_worker_ends_when_the_lock_is_refused_and_when_all_that_waits_is_held_here(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    await driven.log_in("Amy Archer")
    await amy.page.route(ENTRIES, lambda route: route.abort("internetdisconnected"))
    needed = await driven.note("needed")
    await driven.page.evaluate("(asked) => tablet.save('note_written', ...asked)", [NOTE, {"depends_on": needed}])
    # A page of the tablet without its runner, so that nobody sends in the worker's place.
    worker = await amy.context.new_page()
    await worker.add_init_script(f"{heart}\nwindow.tablet = tablet;")
    await worker.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    await worker.goto(ward.url + NO_APP)
    await amy.page.close()
    await worker.evaluate("() => { navigator.locks.request = () => Promise.reject(new DOMException('No')); }")
    assert await worker.evaluate(FLUSHED) == "waits"
    await worker.evaluate("() => { delete navigator.locks.request; }")
    await worker.evaluate(FIRST_IS_HELD_HERE)
    assert await worker.evaluate(FLUSHED) == "done"


async def test_a_draft_is_kept_and_read_after_the_connection_to_storage_was_lost(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    for pulse in (80, 81):
        await driven.page.evaluate("(pulse) => tablet.keepDraft('amy', 'stay', { pulse })", pulse)
        await driven.page.evaluate(CLOSED_BEFORE_THE_NEXT_USE)
        assert await driven.page.evaluate("() => tablet.readDraft('amy', 'stay')") == {"pulse": pulse}
        await driven.page.evaluate(CLOSED_BEFORE_THE_NEXT_USE)
