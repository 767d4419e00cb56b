"""Chromium as a tablet has it: a profile on a real disk, and an empty page in which a script runs."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page, Playwright, Route

from bench.offline.shares import browser_with
from bench.place import DISK

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The empty page comes from no address: without this its socket to the server would be another network's.
    "--disable-features=LocalNetworkAccessChecks",
]
EMPTY = "<!doctype html><title>Bench</title>"
SCRIPT = Path(__file__).parent.parent / "out" / "page" / "ours.js"


@asynccontextmanager
async def profile(playwright: Playwright) -> AsyncIterator[tuple[BrowserContext, int]]:
    """A browser with a new profile and its process, gone when the block ends."""
    folder = tempfile.mkdtemp(prefix="wardlight-bench-profile-", dir=DISK if DISK.is_dir() else None)
    context = await playwright.chromium.launch_persistent_context(
        folder,
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser"),
        headless=True,
        args=[*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
    )
    try:
        yield context, browser_with(folder)
    finally:
        await context.close()
        shutil.rmtree(folder, ignore_errors=True)


async def our_page(context: BrowserContext, origin: str) -> Page:
    """An empty page of the server's origin with the tablet's sync code in it."""
    page = await context.new_page()

    async def empty(route: Route) -> None:
        await route.fulfill(body=EMPTY, content_type="text/html")

    await page.route("**/bench", empty)
    await page.goto(f"{origin}/bench")
    # A route that is left would have the browser ask about every request.
    await page.unroute("**/bench")
    await page.add_script_tag(content=SCRIPT.read_text(), type="module")
    await page.wait_for_function("() => 'bench' in globalThis")
    return page


async def pouchdb_page(context: BrowserContext, origin: str, scripts: list[str]) -> Page:
    """An empty page of PouchDB's server with PouchDB in it."""
    page = await context.new_page()
    await page.goto(f"{origin}/")
    for script in scripts:
        await page.add_script_tag(url=f"{origin}{script}")
    return page


async def call(page: Page, name: str, *given: Any) -> Any:
    """Call a function of the page's script and wait for what it gives."""
    return await page.evaluate("([name, given]) => globalThis.bench[name](...given)", [name, list(given)])
