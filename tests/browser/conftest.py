"""A built PWA, a real server on a database of its own, and tablets with profiles of their own."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Playwright, ViewportSize, async_playwright

from backend.postgres import EmbeddedPostgres
from backend.settings import PROJECT_ROOT
from tests import tidy
from tests.browser.driven import admit_one
from tests.browser.hospital import hospital
from tests.browser.server import Server, free_port
from tests.browser.tablets import TABLET, Tablet, open_tablet
from tests.conftest import migrated_database

PWA = PROJECT_ROOT / "pwa"
OpenTablet = Callable[..., Awaitable[Tablet]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as started:
        yield started


def _is_fresh(page: Path) -> bool:
    sources = tidy.sources(".ts", ".svelte", ".css", ".mjs", ".json", ".html")
    ours = [path for path in sources if tidy.relative(path).startswith(("pwa/", "shared_schemas/"))]
    return page.exists() and page.stat().st_mtime >= max(path.stat().st_mtime for path in ours)


@pytest.fixture(scope="session")
def served_pwa() -> Path:
    """The production build that the server serves; `make setup` makes it, a bare `pytest` does it here.

    An old build is built anew: it would be proven, and the sources would not.
    """
    built = PWA / "dist"
    with (PWA / "node_modules" / ".build.lock").open("w") as lock:
        flock(lock, LOCK_EX)  # one process builds, the others find it built
        if not _is_fresh(built / "index.html"):
            npm = shutil.which("npm")
            assert npm is not None, "Node.js is needed: `make setup` brings it."
            subprocess.run([npm, "run", "build"], cwd=PWA, check=True, env=os.environ)
    return built


@asynccontextmanager
async def running_server(postgres: EmbeddedPostgres, database_name: str, home: Path) -> AsyncIterator[Server]:
    """A running server with the cast's hospital loaded."""
    environment = {
        "WARDLIGHT_HOME": str(home),
        "DATABASE_URL": postgres.url("wardlight_app", database_name),
        "DATABASE_OWNER_URL": postgres.url("wardlight_owner", database_name),
        "WARDLIGHT_SECRET": "5e" * 32,
        "WARDLIGHT_VAPID_PRIVATE_KEY": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",  # RFC 8291, appendix A
    }
    running = Server(environment, free_port())
    await running.load(hospital())
    await running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def server(
    postgres: EmbeddedPostgres, database_name: str, ward_home: Path, served_pwa: Path
) -> AsyncIterator[Server]:
    """A server of this test alone."""
    assert served_pwa.is_dir()
    async with running_server(postgres, database_name, ward_home) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ward(postgres: EmbeddedPostgres, ward_home: Path, served_pwa: Path) -> AsyncIterator[Server]:
    """One server for all tests that only harm their own tablets; a patient with many sets lies in bed 1A."""
    assert served_pwa.is_dir()
    async with migrated_database(postgres) as name, running_server(postgres, name, ward_home) as running:
        await admit_one(running)
        yield running


@pytest.fixture(scope="session")
def heart(served_pwa: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tablet's heart as one script: pairs, logs in and saves by the app's own functions."""
    npm = shutil.which("npm")
    assert served_pwa.is_dir()
    assert npm is not None, "Node.js is needed: `make setup` brings it."
    file = tmp_path_factory.mktemp("heart") / "tablet.js"
    subprocess.run([npm, "run", "--silent", "heart", "--", file], cwd=PWA, check=True)
    return file.read_text()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def idle_browsers(playwright: Playwright) -> AsyncIterator[list[BrowserContext]]:
    """Browsers with empty profiles that no test holds now: to start one takes a second of the processor."""
    idle: list[BrowserContext] = []
    yield idle
    for context in idle:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def tablet(
    playwright: Playwright, idle_browsers: list[BrowserContext], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OpenTablet]:
    """Opens tablets, each with a profile of its own that has seen nothing yet. None may have complained at the end.

    `anew`: with a browser that is started for it and ends with the test.
    """
    opened: list[tuple[Tablet, bool]] = []

    async def open_named(name: str, *, viewport: ViewportSize = TABLET, anew: bool = False, **options: Any) -> Tablet:
        if anew or not idle_browsers:
            one = await open_tablet(playwright, tmp_path_factory.mktemp("profile"), **options)
        else:
            context = idle_browsers.pop()
            one = Tablet(context, context.pages[0])
        opened.append((one, anew))
        await one.page.set_viewport_size(viewport)
        return one

    yield open_named
    for one, ends in opened:
        if ends:
            await one.context.close()
        else:
            await one.forget()
            idle_browsers.append(one.context)
    assert [complaint for one, _ in opened for complaint in one.complaints] == []
