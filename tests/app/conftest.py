"""The PWA, built once a run with its gallery of parts, and a site that serves a copy of it to each test."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Playwright, async_playwright

from tests.app.paper_site import PWA, PaperSite
from tests.browser.tablets import Tablet, open_tablet


@pytest.fixture(scope="session")
def built_pwa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A production build of the app; one process of the run builds, the others find it built."""
    ours = tmp_path_factory.getbasetemp()
    of_the_run = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours
    built, building = of_the_run / "pwa", of_the_run / "pwa-building"
    with (of_the_run / "pwa.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not built.exists():
            npx = shutil.which("npx")
            assert npx is not None, "Node.js is needed: `make setup` brings it."
            build = [npx, "vite", "build", "--outDir", str(building), "--emptyOutDir", "--logLevel", "error"]
            subprocess.run(build, cwd=PWA, check=True, env={**os.environ, "WARDLIGHT_GALLERY": "1"})
            building.rename(built)
    return built


@pytest.fixture
def site(built_pwa: Path, tmp_path: Path) -> Iterator[PaperSite]:
    """The app at an address of its own."""
    shutil.copytree(built_pwa, tmp_path / "site")
    paper = PaperSite(tmp_path / "site")
    yield paper
    paper.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_context(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BrowserContext]:
    """One browser for all: each test's site has an address of its own, and with it a storage and a worker of its own."""
    opened = await open_tablet(playwright, tmp_path_factory.mktemp("profile"))
    yield opened.context
    await opened.context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def tablet(shared_context: BrowserContext, site: PaperSite) -> AsyncIterator[Tablet]:
    """A tablet that has never seen the test's site, and complained of nothing at the end; the site outlives it."""
    opened = Tablet(shared_context, await shared_context.new_page())
    yield opened
    await opened.come_online()
    await opened.page.close()
    assert opened.complaints == []
