"""Real Chromium tablets for browser tests: each has its own profile, as an installed app has."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Playwright, ViewportSize

# A persistent profile, because an incognito one is not installable and has no push.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOWHERE = "about://"
TABLET: ViewportSize = {"width": 1180, "height": 820}


def chromium() -> str | None:
    """Path of Chromium from $CHROMIUM or PATH; None lets Playwright use its own."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


class Tablet:
    """One browser profile, its page, and every complaint that the page made."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        self.origins: set[str] = set()
        context.on("page", self._follow)
        self._follow(page)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def _follow(self, page: Page) -> None:
        page.on("framenavigated", lambda frame: self.origins.add("{0.scheme}://{0.netloc}".format(urlsplit(frame.url))))

    def _listen(self, message: ConsoleMessage) -> None:
        expected = "net::ERR_INTERNET_DISCONNECTED" in message.text
        if message.type == "error" and not expected:
            self.complaints.append(f"{message.text} {message.location['url']}")

    async def forget(self) -> None:
        """Leaves the browser as if nobody had used it: nothing kept, nothing permitted, one blank page."""
        self.context.remove_listener("page", self._follow)
        used = self.context.pages
        blank = await self.context.new_page()
        browser = await self.context.new_cdp_session(blank)
        for page in used:
            await page.close()
        for origin in self.origins - {NOWHERE}:
            await browser.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        await browser.detach()
        await self.context.clear_cookies()
        await self.context.clear_permissions()
        await self.context.set_geolocation(None)
        await self.come_online()

    async def go_offline(self) -> None:
        await self.context.set_offline(True)

    async def come_online(self) -> None:
        await self.context.set_offline(False)

    async def shows(self, text: str, *, timeout_ms: float = 5000) -> None:
        """Waits until the text is on the screen."""
        await self.page.get_by_text(text).first.wait_for(timeout=timeout_ms)


async def open_tablet(
    playwright: Playwright,
    profile: Path,
    *,
    viewport: ViewportSize | None = None,
    locale: str = "en-GB",
    environment: dict[str, str] | None = None,
    user_agent: str | None = None,
) -> Tablet:
    """A tablet whose profile lies in the folder `profile`; opening the folder again finds what it stored.

    `environment`: what its system tells the browser beside this process's own environment.
    """
    context = await playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium(),
        headless=True,
        env={**os.environ, **(environment or {})},
        args=[*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        viewport=viewport or TABLET,
        user_agent=user_agent,
        locale=locale,
        timezone_id="Europe/London",
        has_touch=True,
    )
    page = context.pages[0] if context.pages else await context.new_page()
    return Tablet(context, page)


def processes_of(profile: Path) -> list[int]:
    """Every process of the browser with this profile."""
    command = ["pgrep", "-f", "--", f"--user-data-dir={profile}"]
    return [int(pid) for pid in subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()]


async def kill(profile: Path) -> None:
    """Ends the browser with this profile as a flat battery does; the profile can be opened again."""
    for pid in processes_of(profile):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while processes_of(profile):
        await asyncio.sleep(0.02)
    (profile / "SingletonLock").unlink(missing_ok=True)
