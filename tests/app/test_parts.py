"""The parts and the frame by themselves: WCAG 2.2 AA by axe, small screens, keyboard, four languages."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.app.paper_site import PWA, PaperSite
from tests.browser.tablets import Tablet

pytestmark = pytest.mark.browser

AXE = (PWA / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A tablet both ways, a small phone, and a tablet at 200 %.
SCREENS = [(1180, 820), (800, 1280), (320, 640), (590, 410)]
PAGES = ["parts", "states", "fields", "log-in", "frame"]
SMALLER_THAN_A_FINGER = """() => [...document.querySelectorAll('a, button, input, label')]
  .filter((part) => part.checkVisibility() && !part.matches('.skip, label:has(.field), input, .visually-hidden'))
  .map((part) => [part.textContent.trim(), part.getBoundingClientRect()])
  .filter(([, box]) => box.width < 48 || box.height < 48)
  .map(([words, box]) => `${words}: ${box.width} x ${box.height}`)"""


@pytest_asyncio.fixture(loop_scope="session")
async def bench(tablet: Tablet) -> AsyncIterator[Tablet]:
    """A tablet on which axe can run under the page's own policy."""
    await tablet.page.add_init_script(f"window.addEventListener('load', () => {{ {AXE} }})")
    yield tablet


async def violations(tablet: Tablet) -> list[str]:
    found = await tablet.page.evaluate("(rules) => axe.run({ runOnly: rules })", RULES)
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("theme", ["day", "night"])
async def test_no_part_breaks_a_rule_of_wcag_at_any_size(bench: Tablet, site: PaperSite, theme: str) -> None:
    for page in PAGES:
        await bench.page.goto(f"{site.address}/gallery.html?page={page}&{theme}")
        for width, height in SCREENS:
            await bench.page.set_viewport_size({"width": width, "height": height})
            # The rules do not depend on the size but where the layout breaks.
            if width in (1180, 320):
                assert await violations(bench) == [], f"{page} {theme} {width}"
            spill = await bench.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            assert spill <= 0, f"{page} {width}: {spill} px too wide"
            assert await bench.page.evaluate(SMALLER_THAN_A_FINGER) == [], f"{page} {width}"


@pytest.mark.parametrize("language", ["English", "한국어", "中文", "Tiếng Việt"])
async def test_settings_speak_every_language_and_remember_it(bench: Tablet, site: PaperSite, language: str) -> None:
    await bench.page.goto(f"{site.address}/#/settings")
    await bench.page.get_by_role("button", name=language).click()
    tag = {"English": "en", "한국어": "ko", "中文": "zh", "Tiếng Việt": "vi"}[language]
    await bench.page.wait_for_function(f"() => document.documentElement.lang === '{tag}'")
    assert await violations(bench) == []
    await bench.page.reload()
    await bench.page.wait_for_function(f"() => document.documentElement.lang === '{tag}'")


async def test_larger_text_spills_over_no_edge(bench: Tablet, site: PaperSite) -> None:
    for page in PAGES:
        await bench.page.goto(f"{site.address}/gallery.html?page={page}")
        await bench.page.evaluate("() => { document.documentElement.style.fontSize = '22.4px' }")
        for width, height in SCREENS[:3]:
            await bench.page.set_viewport_size({"width": width, "height": height})
            spill = await bench.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            assert spill <= 0, f"{page} {width}: {spill} px too wide"


async def test_the_keys_of_the_number_pad_are_twenty_millimetres_on_a_tablet(bench: Tablet, site: PaperSite) -> None:
    await bench.page.goto(f"{site.address}/gallery.html?page=log-in")
    for (width, height), least in zip(SCREENS, [111, 111, 64, 64], strict=True):
        await bench.page.set_viewport_size({"width": width, "height": height})
        box = await bench.page.get_by_role("button", name="5", exact=True).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= least


async def test_a_pin_is_typed_by_keyboard_and_a_wrong_one_is_said(bench: Tablet, site: PaperSite) -> None:
    await bench.page.goto(f"{site.address}/gallery.html?page=log-in")
    await bench.page.get_by_role("button", name="Grace Okafor").click()
    await bench.page.keyboard.type("12345")
    await bench.page.get_by_role("img", name="5 of 6 figures typed").wait_for()
    await bench.page.keyboard.press("Backspace")
    await bench.page.get_by_role("img", name="4 of 6 figures typed").wait_for()
    await bench.page.keyboard.type("99")
    await bench.page.get_by_text("That PIN does not fit").wait_for()
    await bench.page.get_by_role("img", name="0 of 6 figures typed").wait_for()


async def test_a_colleague_off_duty_is_found_by_letters_without_their_marks(bench: Tablet, site: PaperSite) -> None:
    await bench.page.goto(f"{site.address}/gallery.html?page=log-in")
    await bench.page.get_by_role("button", name="Someone else").click()
    sheet = bench.page.get_by_role("dialog")
    await sheet.get_by_role("textbox").fill("nguyen")
    assert await sheet.get_by_role("button", name="Nurse").count() == 1
    await bench.page.keyboard.press("Escape")
    await sheet.wait_for(state="hidden")


async def test_the_keyboard_reaches_the_content_in_two_keys(bench: Tablet, site: PaperSite) -> None:
    await bench.page.goto(f"{site.address}/gallery.html?page=frame")
    await bench.page.keyboard.press("Tab")
    await bench.page.keyboard.press("Enter")
    assert await bench.page.evaluate("() => document.activeElement.id") == "content"
