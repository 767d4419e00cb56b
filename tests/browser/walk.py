"""A page taken through screens, one look after another, and examined at every size."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, ViewportSize

from tests.browser.inspection import (
    DEEPER_THAN_THE_SCREEN,
    FIGURES_UNDER_28_PX,
    MISFITS,
    OUT_OF_SIGHT,
    PHRASES,
    SMALLEST_KEY,
    foreign_words,
    seen,
    violations,
)

LANDSCAPE, PORTRAIT, PHONE, REFLOW = (1180, 820), (820, 1180), (390, 844), (320, 640)
WALL = (1920, 1080)
# A full set is charted without scrolling on a tablet both ways.
CHARTING_SIZES = [(1280, 800), (800, 1280)]
# Each language and each theme at every screen; what fits a phone of 320 px fits one of 390 in the same layout.
LOOKS = [("en", "day"), ("ko", "night"), ("zh", "day"), ("vi", "night")]
SIZES = {"en": [LANDSCAPE, PORTRAIT, PHONE, REFLOW], "*": [LANDSCAPE, PORTRAIT, REFLOW]}
# Each language once by all rules; colours once a theme, and where the phone's layout draws other parts.
AXE = {"en": [LANDSCAPE, REFLOW], "ko": [LANDSCAPE], "zh": [PORTRAIT], "vi": [REFLOW]}
COLOURS = {"en", "ko"}
KEYS_AT = {PHONE: 64, REFLOW: 64}
LARGE_KEY = 104
# A folder for a picture of every screen at every size, to be looked at with one's own eyes.
PICTURES = os.environ.get("WARDLIGHT_PICTURES")


@dataclass
class Screen:
    """A screen, how one comes to it, and what must be on it before it is looked at.

    What `prepare` types lies in a draft: in a later look it must come back by itself, as `prepared` shows.
    """

    name: str
    address: str
    shows: str
    prepare: Callable[[Page], Awaitable[None]] | None = None
    prepared: str = ""
    # What is seen at once at every size, without scrolling.
    at_hand: str = ""
    # Hangs on a wall, too; there all of it is seen at once.
    on_wall: bool = False


class Walk:
    """One page; what is wrong is collected, not stopped at."""

    def __init__(self, page: Page, url: str, names: set[str]) -> None:
        self.page, self.url, self.names = page, url, names
        self.language, self.theme = "en", "day"
        self.english: set[str] = set()
        self.seen: set[str] = set()
        self.wrong: list[str] = []

    async def wear(self, language: str, theme: str) -> None:
        """As a person sets it in the settings; remembered on the tablet."""
        self.language, self.theme = language, theme
        await self.page.evaluate(
            "(look) => { for (const [name, value] of Object.entries(look)) localStorage.setItem(name, value) }",
            {"wardlight.language": language, "wardlight.theme": theme},
        )
        await self.page.reload()
        await self.page.wait_for_function(f"() => document.documentElement.lang === '{language}'")

    async def look_at(self, screen: Screen) -> None:
        """Open one screen and examine it at every size."""
        sizes = SIZES["en" if self.language == "en" or PICTURES else "*"]
        is_charting = screen.name.startswith("charting")
        await self._resize(sizes[0])
        if screen.address:
            await self.page.goto(f"{self.url}/#{screen.address}")
        await self.page.locator(screen.shows).first.wait_for()
        if screen.prepare and (screen.name not in self.seen or not screen.prepared):
            await screen.prepare(self.page)
        if screen.prepared:
            await self.page.locator(screen.prepared).first.wait_for()
        self.seen.add(screen.name)
        phrases, small = await seen(self.page, PHRASES, FIGURES_UNDER_28_PX)
        self.note(screen, "words", foreign_words(phrases, self.language, self.names, self.english))
        if self.language == "en":
            self.english |= set(phrases)
        self.note(screen, "small", small)
        for size in [*sizes, *(CHARTING_SIZES if is_charting else []), *([WALL] if screen.on_wall else [])]:
            await self._at(screen, size, is_charting=is_charting)

    async def _at(self, screen: Screen, size: tuple[int, int], *, is_charting: bool) -> None:
        width, height = size
        at = f"{width}x{height}"
        await self._resize(size)
        misfits, deeper, key, hidden = await seen(
            self.page, MISFITS, DEEPER_THAN_THE_SCREEN, SMALLEST_KEY, OUT_OF_SIGHT, of=screen.at_hand
        )
        self.note(screen, at, misfits + (hidden if screen.at_hand else []))
        if size == WALL or (is_charting and size in CHARTING_SIZES):
            self.note(screen, at, [f"scrolls by {deeper} px"] if deeper > 0 else [])
        if is_charting or screen.name == "log-in":
            self.note(screen, at, [f"a key of {key} px"] if key < KEYS_AT.get(size, LARGE_KEY) else [])
        if PICTURES:
            name = f"{screen.name}-{width}-{self.language}-{self.theme}.png".replace(" ", "_")
            await self.page.screenshot(path=Path(PICTURES) / name)
        if size in AXE[self.language] or size == WALL:
            found = await violations(self.page, with_colours=self.language in COLOURS)
            self.note(screen, f"{at} axe", found)

    async def _resize(self, size: tuple[int, int]) -> None:
        wanted: ViewportSize = {"width": size[0], "height": size[1]}
        if self.page.viewport_size != wanted:
            await self.page.set_viewport_size(wanted)

    def note(self, screen: Screen, what: str, found: list[str]) -> None:
        self.wrong += [f"{screen.name} {self.language} {self.theme} {what}: {each}" for each in found]
