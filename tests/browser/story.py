"""What people do on a tablet, in their own words, for all browser stories."""

import re
from typing import Protocol

from tests.browser.hospital import CODE, PEOPLE, PIN
from tests.browser.tablets import Tablet


class Served(Protocol):
    """Wherever the app is served."""

    url: str


class Nurse:
    """A person at one tablet; every tap is counted."""

    def __init__(self, tablet: Tablet, server: Served, name: str) -> None:
        self.tablet, self.server, self.name = tablet, server, name
        self.page = tablet.page
        self.taps = 0

    async def pair(self, code: str = CODE) -> None:
        """Makes the browser a tablet of the unit, by the link that an administrator gives."""
        await self.page.goto(f"{self.server.url}/#pair={code}")
        await self.page.get_by_label("Name of this tablet").fill(f"Tablet of {self.name}")
        await self.page.get_by_role("button", name="Pair").click()

    async def log_in(self) -> None:
        """Name tile, six digits, no Enter."""
        tile = self.page.get_by_role("button", name=re.compile(self.name))
        someone_else = self.page.get_by_role("button", name="Someone else")
        await tile.or_(someone_else).first.wait_for()
        if not await tile.count():
            await someone_else.click()
            # Her own tile may come behind the sheet meanwhile, when she is on duty.
            tile = self.page.get_by_role("dialog").get_by_role("button", name=re.compile(self.name))
        await tile.first.click()
        for digit in PIN:
            await self.page.get_by_role("button", name=digit, exact=True).click()

    async def go_on_duty(self, *beds: str, post: str = "Nurse", buddy: str | None = None) -> None:
        """ "I am on", with my beds."""
        await self.page.goto(f"{self.server.url}/#/duty")
        await self.page.get_by_role("button", name=post, exact=True).click()
        for bed in beds:
            await self.page.get_by_role("button", name=re.compile(rf"^{bed}\b")).click()
        if buddy:
            await self.page.get_by_role("group", name="Buddy").get_by_role("button", name=buddy).click()
        await self.page.get_by_role("button", name="I am on duty", exact=True).click()
        await self.page.wait_for_url(re.compile(r"(?<!duty)$"))

    async def open(self, place: str) -> None:
        """A section of the rail."""
        await self.page.goto(f"{self.server.url}/#/{place}")

    async def admit(
        self, bed: str, patient: str, *, born_on: str = "1950-02-03", identifier: str = "4471 8820"
    ) -> None:
        """A patient arrives in a free bed."""
        await self.open("ward")
        await self.page.get_by_role("button", name=re.compile(rf"^{bed}\b")).click()
        sheet = self.page.get_by_role("dialog")
        await sheet.get_by_label("Name", exact=True).fill(patient)
        await sheet.get_by_label("Number on the wristband").fill(identifier)
        await sheet.get_by_label("Born on").fill(born_on)
        await sheet.get_by_role("button", name="F", exact=True).click()
        await sheet.get_by_role("button", name=re.compile("^Admit")).click()
        await self.page.get_by_role("link", name=re.compile(patient)).wait_for()

    async def tap(self, name: str | re.Pattern[str], *, exact: bool = True) -> None:
        """One counted tap on a button or a link."""
        sheet = self.page.locator("dialog[open]")
        place = sheet if await sheet.count() else self.page
        target = place.get_by_role("button", name=name, exact=exact).or_(
            place.get_by_role("link", name=name, exact=exact)
        )
        await target.first.click()
        self.taps += 1

    async def type(self, digits: str) -> None:
        """Digits on the pad, each a tap."""
        for digit in digits:
            await self.tap(digit)

    @property
    def staff_id(self) -> str:
        return PEOPLE[self.name][0]
