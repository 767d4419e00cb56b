"""Tablets driven by a script in place of a finger: the app's own heart in a tab without a screen."""

import asyncio
from datetime import timedelta
from typing import Any, Self

import asyncpg
from playwright.async_api import BrowserContext, Page

from shared_schemas.stays import PatientAdmitted
from shared_schemas.vitals import VitalSignsCharted
from tests.browser.hospital import BEDS, CODE, PEOPLE, PIN, UNIT
from tests.browser.seeded_ward import CALM, PATIENTS, WireTablet
from tests.browser.server import Server

STAY = "01950000-0000-7000-8000-0000000000e1"
SETS = 160
# A page of the same origin that starts no app.
NO_APP = "/manifest.webmanifest"
SAVE_NOTES = """async ([stay_id, notes]) => {
  const ids = [];
  for (const note of notes) {
    ids.push(await tablet.save('note_written', { stay_id, note }));
    window.told?.(ids.at(-1));
  }
  return ids;
}"""
KEPT = """async () => {
  const { waiting, held, sent } = await tablet.readOutbox(0);
  const plain = ({ entry_id, n, text, depends_on, verdict, reason }) =>
    ({ entry_id, place: n, n: JSON.parse(text).n, device_id: JSON.parse(text).device_id, depends_on, verdict, reason });
  return { waiting: waiting.map(plain), held: held.map(plain), sent: sent.map(plain) };
}"""


async def admit_one(server: Server) -> None:
    """A patient in bed 1A, whose rows fill more than one chunk of a snapshot."""
    amy = await WireTablet.at(server, "Amy Archer")
    admitted = PatientAdmitted(
        observed_at=amy.ago(60 * SETS),
        stay_id=STAY,
        patient_id="01950000-0000-7000-8000-0000000000e2",
        unit_id=UNIT,
        bed_id=BEDS["1A"],
        patient=PATIENTS["2A"],
    )
    await amy.record("Amy Archer", admitted)
    for place in range(SETS):
        observed_at = amy.ago(60 * SETS) + timedelta(minutes=30 * place)
        amy.save(PEOPLE["Amy Archer"][0], VitalSignsCharted(observed_at=observed_at, stay_id=STAY, values=CALM))
    await amy.push()
    await amy.http.aclose()


class Driven:
    """A tab with the tablet's heart and no screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def on(cls, context: BrowserContext, server_url: str, heart: str, page: Page | None = None) -> Self:
        """A tab of this profile; what is stored in it is read."""
        page = page or await context.new_page()
        await page.add_init_script(f"{heart}\nwindow.tablet = tablet;")
        # A page that is no page of the app names no icon, and the browser then looks for one of its own.
        await page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        await page.goto(server_url + NO_APP)
        await page.evaluate("() => tablet.startTablet()")
        return cls(page)

    async def log_in(self, name: str) -> str:
        """Pairs the profile and logs a person in; the id of the device."""
        assert await self.page.evaluate("(asked) => tablet.pair(...asked)", [CODE, f"Tablet of {name}"]) == "paired"
        assert await self.page.evaluate("(asked) => tablet.logIn(...asked)", [PEOPLE[name][0], PIN]) == "in"
        return await self.page.evaluate("() => tablet.thisDevice().device_id")

    async def note(self, *notes: str) -> list[str]:
        """Saves notes about the patient of the ward by the app's own `save`; their ids."""
        return await self.page.evaluate(SAVE_NOTES, [STAY, list(notes)])

    async def kept(self) -> dict[str, list[dict[str, Any]]]:
        """What the outbox has: waiting, held, sent."""
        return await self.page.evaluate(KEPT)

    async def drained(self, seconds: float = 20) -> None:
        """Waits until nothing waits."""
        for _ in range(int(seconds * 10)):
            if not (await self.kept())["waiting"]:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{len((await self.kept())['waiting'])} entries still wait")


async def arrived(server: Server, device_id: str) -> list[tuple[int, str, str]]:
    """Number, id and verdict of each entry of a device that the server has, in the order of the numbers."""
    connection = await asyncpg.connect(server.environment["DATABASE_URL"])
    try:
        asked = "select n, entry_id::text, verdict from entry where device_id = $1 order by n"
        return [tuple(row) for row in await connection.fetch(asked, device_id)]
    finally:
        await connection.close()
