"""What is asked of every screen: WCAG by axe, nothing over the edge, targets for a finger, words of one language."""

import re
from typing import Any

from playwright.async_api import Page

from backend.settings import PROJECT_ROOT

AXE = (PROJECT_ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A rule that follows from the theme alone, and takes half of axe's time.
CONTRAST = "color-contrast"
# What is too wide or cut off at the edge, wherever it scrolls, and what is too small for a finger. A drawing that is
# measured follows a new size one frame later.
MISFITS = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const found = [];
  const spill = document.documentElement.scrollWidth - innerWidth;
  if (spill > 0) found.push(`${spill} px too wide`);
  for (const part of document.querySelectorAll('main, dialog[open]'))
    if (part.scrollWidth > part.clientWidth + 1)
      found.push(`${part.tagName} ${part.scrollWidth} > ${part.clientWidth}`);
  for (const part of document.querySelectorAll('body *')) {
    if (part.closest('.visually-hidden, .skip') || !part.checkVisibility()) continue;
    const box = part.getBoundingClientRect();
    const words = `<${part.localName} ${part.getAttribute('class') ?? ''}> ${part.textContent.trim().slice(0, 60)}`;
    if (box.width > 0 && (box.left < -1 || box.right > innerWidth + 1))
      found.push(`from ${box.left} to ${box.right}: ${words}`);
    if (!part.matches('a, button, select, summary, textarea, input:not(label input), label:not(:has(.field))')) continue;
    // A sheet that has just risen is a few millionths off.
    if (box.width < 47.99 || box.height < 47.99) found.push(`${box.width} x ${box.height}: ${words}`);
  }
  const notice = document.querySelector('section.notice')?.getBoundingClientRect();
  for (const part of notice ? document.querySelectorAll(':is(header, .patient .actions, .foot) :is(a, button)') : []) {
    const box = part.getBoundingClientRect();
    if (box.bottom > notice.top + 1 && box.top < notice.bottom - 1 && box.right > notice.left && box.left < notice.right)
      found.push(`under the notice: ${part.textContent.trim()}`);
  }
  return found;
}"""
OUT_OF_SIGHT = """(parts) => [...(parts ? document.querySelectorAll(parts) : [])]
  .filter((part) => part.getBoundingClientRect().top < 0 || part.getBoundingClientRect().bottom > innerHeight)
  .map((part) => `not in view: ${part.textContent.trim()}`)"""
SMALLEST_KEY = """() => Math.min(...[...document.querySelectorAll('.key.digit')]
  .filter((key) => key.checkVisibility())
  .flatMap((key) => [key.getBoundingClientRect().width, key.getBoundingClientRect().height]))"""
DEEPER_THAN_THE_SCREEN = """() => {
  const main = document.querySelector('main');
  if (!main) return Infinity;
  return Math.max(main.scrollHeight - main.clientHeight, document.documentElement.scrollHeight - innerHeight);
}"""
PHRASES = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const part = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (!part.checkVisibility() || part.closest('script, style')) continue;
    if (part.closest('[lang]').lang !== document.documentElement.lang) continue;
    const said = node.nodeType === Node.TEXT_NODE
      ? [node.textContent] : [node.getAttribute('aria-label'), node.getAttribute('placeholder')];
    found.push(...said.filter((words) => words && words.trim()).map((words) => words.trim()));
  }
  return found;
}"""
FIGURES_UNDER_28_PX = """() => [...document.querySelectorAll('.figure, .was, dialog dd, article dd')]
  .filter((part) => part.checkVisibility() && parseFloat(getComputedStyle(part).fontSize) < 28)
  .map((part) => `${part.textContent} ${getComputedStyle(part).fontSize}`)"""
A_KEY = re.compile(r"\b[a-z][a-z_]*(\.[a-z_]{2,})+\b|\{\w+\}")
LATIN = re.compile(r"[A-Za-z]{3,}")
# What a nurse writes in Latin letters in every language.
OF_ALL_LANGUAGES = {
    "NEWS", "SpO", "ACVPU", "mmHg", "Wardlight", "CPAP", "NIV", "RCP", "PIN", "Ward", "Tablet", "FiO",
}  # fmt: skip


SIZE = "target-size"
SMALL_IN_THE_MIDDLE = """async ({ target, rule }) => {
  document.querySelector(target).scrollIntoView({ block: 'center' });
  const { violations } = await axe.run(target, { runOnly: { type: 'rule', values: [rule] } });
  return violations.length > 0;
}"""

# Nothing where axe is not there yet: a page keeps it until it is loaded anew.
RUN_AXE = "(options) => window.axe ? axe.run(options) : null"


async def violations(page: Page, *, with_colours: bool) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    options = {"runOnly": RULES, "resultTypes": ["violations"], "rules": {CONTRAST: {"enabled": with_colours}}}
    found = await page.evaluate(RUN_AXE, options)
    if found is None:
        await page.evaluate(AXE)
        found = await page.evaluate(RUN_AXE, options)
    nodes = [(each["id"], node) for each in found["violations"] for node in each["nodes"]]
    return [f"{rule}: {node['html']}" for rule, node in nodes if rule != SIZE or await _stays_small(page, node)]


async def _stays_small(page: Page, node: dict[str, Any]) -> bool:
    """A target that a bar at the foot covers in part is small only if it stays so in the middle of the screen."""
    return await page.evaluate(SMALL_IN_THE_MIDDLE, {"target": node["target"][0], "rule": SIZE})


async def seen(page: Page, *questions: str, of: str = "") -> list[Any]:
    """What a page answers to these questions, in their order; all are asked in one way to the page and back."""
    asked = ", ".join(f"await ({question})(of)" for question in questions)
    return await page.evaluate(f"async (of) => [{asked}]", of)


def foreign_words(phrases: list[str], language: str, names: set[str], english: set[str]) -> list[str]:
    """Catalogue keys among what a screen says; and English left on a screen of another language."""
    keys = [words for words in phrases if A_KEY.search(words)]
    if language == "en":
        return keys
    if language == "vi":
        return [
            *keys,
            *(words for words in phrases if words in english and " " in words and not _is_known(words, names)),
        ]
    return [*keys, *(words for words in phrases if not _is_known(words, names))]


def _is_known(words: str, names: set[str]) -> bool:
    return set(LATIN.findall(words)) <= names | OF_ALL_LANGUAGES
