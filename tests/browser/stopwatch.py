"""When something happened on a page, by the page itself: a busy test process answers late, and that is not the tablets' time."""

from playwright.async_api import Page

WITHIN_MS = 1000
# The pages' clocks are the machine's, so that one page's instant can be taken from another's.
ON_EVENT = """(name) => {
  window.when = new Promise((done) => addEventListener(name, () => done(Date.now()), { once: true, capture: true }));
}"""
ON_SIGHT = """({ selector, there }) => {
  window.when = new Promise((done) => {
    const look = () => Boolean(document.querySelector(selector)) === there && done(Date.now());
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  });
}"""


async def note_event(page: Page, name: str) -> None:
    """Let the page note when it next hears of an event."""
    await page.evaluate(ON_EVENT, name)


async def note_sight(page: Page, selector: str) -> None:
    """Let the page note when it first shows what the selector names."""
    await page.evaluate(ON_SIGHT, {"selector": selector, "there": True})


async def note_end(page: Page, selector: str) -> None:
    """Let the page note when it no longer shows it."""
    await page.evaluate(ON_SIGHT, {"selector": selector, "there": False})


async def noted(page: Page) -> int:
    """The instant that the page noted, in ms; waits for it."""
    return await page.evaluate("() => window.when")
