"""Our tablet: a long time without a network and the way back, and a new tablet's first sync."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from playwright.async_api import BrowserContext, Page, Playwright

from bench.offline.chromium import call, our_page, profile
from bench.offline.relay import Relay
from bench.offline.shares import cpu_ms, family
from ward_sim.hospital import Person
from ward_sim.load.timings import Timings

Json = dict[str, Any]
WRITES = 200
BETWEEN_S = 0.1
ARRIVES_WITHIN_S = 30
CONNECTED_WITHIN_S = 5


class NotDone(Exception):
    """The page did not do what is measured."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What sending took, its bytes on the wire, and each party's processor; `saves` is what saving each entry took."""

    entries: int
    ms: float
    up: int
    down: int
    saves: Timings
    cpu_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class FirstSync:
    """What reading a ward for the first time took, and its bytes on the wire."""

    rows: int
    ms: float
    usable_ms: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Start:
    """What a start with the ward in storage took, and the bytes of the way back to the server."""

    rows: int
    ms: float
    bytes: int


async def signed_in(context: BrowserContext, relay: Relay, code: str, person: Person) -> None:
    """Make the browser a tablet with a person signed in and the ward in its storage."""
    page = await our_page(context, relay.origin)
    outcome = await call(page, "signIn", code, person.staff_id, person.pin)
    if outcome != "paired in":
        raise NotDone(f"The tablet could not be signed in: {outcome}.")
    await page.close()


async def drain(
    playwright: Playwright, relay: Relay, code: str, person: Person, entries: list[Json], server: int
) -> Drained:
    """Chart all entries without a network, then send them."""
    async with profile(playwright) as (context, browser):
        await signed_in(context, relay, code, person)
        page = await our_page(context, relay.origin)
        await call(page, "stayOffline")
        saves = Timings([ms / 1000 for ms in await call(page, "chart", entries)])
        await page.close()
        page = await our_page(context, relay.origin)
        relay.reset()
        database = family(server) - {server}
        parties = {"browser": family(browser), "server": {server}, "database": database}
        before = {name: cpu_ms(pids) for name, pids in parties.items()}
        found = await call(page, "drain")
        used = {name: cpu_ms(pids) - before[name] for name, pids in parties.items()}
        if found["waiting"] or found["held"]:
            raise NotDone(f"Not every entry was taken: {found}.")
        return Drained(len(entries), found["ms"], relay.up, relay.down, saves, used)


async def first_sync(playwright: Playwright, relay: Relay, code: str, person: Person) -> FirstSync:
    """Read the ward on a tablet that has nothing of it yet."""
    async with profile(playwright) as (context, _):
        await signed_in(context, relay, code, person)
        page = await our_page(context, relay.origin)
        await call(page, "forgetRows")
        relay.reset()
        found = await call(page, "firstSync")
        return FirstSync(found["rows"], found["stored_ms"], found["usable_ms"], relay.total)


async def start(playwright: Playwright, relay: Relay, code: str, person: Person) -> Start:
    """Open the app where the ward is in storage and the server has nothing new."""
    async with profile(playwright) as (context, _):
        await signed_in(context, relay, code, person)
        page = await our_page(context, relay.origin)
        relay.reset()
        found = await call(page, "start")
        await asyncio.sleep(CONNECTED_WITHIN_S)
        return Start(found["rows"], found["ms"], relay.total)


async def to_storage(
    playwright: Playwright, relay: Relay, code: str, person: Person, chart: Callable[[], Awaitable[str]]
) -> tuple[Timings, Timings]:
    """Chart sets elsewhere; how long until this tablet has each in storage, from its request and from its reply on."""
    async with profile(playwright) as (context, _):
        await signed_in(context, relay, code, person)
        page = await our_page(context, relay.origin)
        await call(page, "start")
        await asyncio.sleep(CONNECTED_WITHIN_S)
        await call(page, "watchStorage")
        ahead_s = await _clock_ahead(page)
        asked: list[tuple[str, float, float]] = []
        for _number in range(WRITES):
            begun = perf_counter()
            entry_id = await chart()
            asked.append((entry_id, begun, perf_counter()))
            await asyncio.sleep(BETWEEN_S)
        stored = await _all_stored(page, [entry_id for entry_id, _, _ in asked])
        at = [ms / 1000 - ahead_s for ms in stored]
        from_request = [seconds - begun for seconds, (_, begun, _) in zip(at, asked, strict=True)]
        from_reply = [max(0.0, seconds - done) for seconds, (_, _, done) in zip(at, asked, strict=True)]
        return Timings(from_request), Timings(from_reply)


async def _all_stored(page: Page, entry_ids: list[str]) -> list[float]:
    stored: list[Any] = []
    for _ in range(ARRIVES_WITHIN_S):
        stored = await call(page, "storedAt", entry_ids)
        if None not in stored:
            return stored
        await asyncio.sleep(1)
    raise NotDone(f"{stored.count(None)} sets did not reach the other tablet.")


async def _clock_ahead(page: Page) -> float:
    """The page's clock minus ours, in s, by the quickest of some round trips."""
    tries = []
    for _ in range(50):
        begun = perf_counter()
        page_s = await page.evaluate("() => performance.timeOrigin + performance.now()") / 1000
        done = perf_counter()
        tries.append((done - begun, page_s - (begun + done) / 2))
    return min(tries)[1]
