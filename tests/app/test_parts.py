"""The parts and the frame by themselves: WCAG 2.2 AA by axe, small screens, keyboard, four languages."""

import pytest

from tests.app.paper_site import PaperSite
from tests.browser.inspection import MISFITS, violations
from tests.browser.tablets import Tablet

pytestmark = pytest.mark.browser

# A tablet both ways, a small phone, and a tablet at 200 %.
SCREENS = [(1180, 820), (800, 1280), (320, 640), (590, 410)]
PAGES = ["parts", "states", "fields", "log-in", "frame"]


@pytest.mark.parametrize("theme", ["day", "night"])
async def test_no_part_breaks_a_rule_of_wcag_at_any_size(tablet: Tablet, site: PaperSite, theme: str) -> None:
    for page in PAGES:
        await tablet.page.goto(f"{site.address}/gallery.html?page={page}&{theme}")
        for width, height in SCREENS:
            await tablet.page.set_viewport_size({"width": width, "height": height})
            # The rules do not depend on the size but where the layout breaks.
            if width in (1180, 320):
                assert await violations(tablet.page, with_colours=True) == [], f"{page} {theme} {width}"
            assert await tablet.page.evaluate(MISFITS) == [], f"{page} {width}"


@pytest.mark.parametrize("language", ["English", "한국어", "中文", "Tiếng Việt"])
async def test_settings_speak_every_language_and_remember_it(tablet: Tablet, site: PaperSite, language: str) -> None:
    await tablet.page.goto(f"{site.address}/#/settings")
    await tablet.page.get_by_role("button", name=language).click()
    tag = {"English": "en", "한국어": "ko", "中文": "zh", "Tiếng Việt": "vi"}[language]
    await tablet.page.wait_for_function(f"() => document.documentElement.lang === '{tag}'")
    assert await violations(tablet.page, with_colours=True) == []
    await tablet.page.reload()
    await tablet.page.wait_for_function(f"() => document.documentElement.lang === '{tag}'")


async def test_larger_text_spills_over_no_edge(tablet: Tablet, site: PaperSite) -> None:
    for page in PAGES:
        await tablet.page.goto(f"{site.address}/gallery.html?page={page}")
        await tablet.page.evaluate("() => { document.documentElement.style.fontSize = '22.4px' }")
        for width, height in SCREENS[:3]:
            await tablet.page.set_viewport_size({"width": width, "height": height})
            assert await tablet.page.evaluate(MISFITS) == [], f"{page} {width}"


async def test_the_keys_of_the_number_pad_are_twenty_millimetres_on_a_tablet(tablet: Tablet, site: PaperSite) -> None:
    await tablet.page.goto(f"{site.address}/gallery.html?page=log-in")
    for (width, height), least in zip(SCREENS, [111, 111, 64, 64], strict=True):
        await tablet.page.set_viewport_size({"width": width, "height": height})
        box = await tablet.page.get_by_role("button", name="5", exact=True).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= least


async def test_a_pin_is_typed_by_keyboard_and_a_wrong_one_is_said(tablet: Tablet, site: PaperSite) -> None:
    await tablet.page.goto(f"{site.address}/gallery.html?page=log-in")
    await tablet.page.get_by_role("button", name="Grace Okafor").click()
    await tablet.page.keyboard.type("12345")
    await tablet.page.get_by_role("img", name="5 of 6 figures typed").wait_for()
    await tablet.page.keyboard.press("Backspace")
    await tablet.page.get_by_role("img", name="4 of 6 figures typed").wait_for()
    await tablet.page.keyboard.type("99")
    await tablet.page.get_by_text("That PIN does not fit").wait_for()
    await tablet.page.get_by_role("img", name="0 of 6 figures typed").wait_for()


async def test_a_colleague_off_duty_is_found_by_letters_without_their_marks(tablet: Tablet, site: PaperSite) -> None:
    await tablet.page.goto(f"{site.address}/gallery.html?page=log-in")
    await tablet.page.get_by_role("button", name="Someone else").click()
    sheet = tablet.page.get_by_role("dialog")
    await sheet.get_by_role("textbox").fill("nguyen")
    assert await sheet.get_by_role("button", name="Nurse").count() == 1
    await tablet.page.keyboard.press("Escape")
    await sheet.wait_for(state="hidden")


async def test_the_keyboard_reaches_the_content_in_two_keys(tablet: Tablet, site: PaperSite) -> None:
    await tablet.page.goto(f"{site.address}/gallery.html?page=frame")
    await tablet.page.keyboard.press("Tab")
    await tablet.page.keyboard.press("Enter")
    assert await tablet.page.evaluate("() => document.activeElement.id") == "content"
